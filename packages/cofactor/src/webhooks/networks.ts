import { BlockList, isIP } from 'node:net';

/** Tells whether an address may be sent to. */
export type AddressRule = (address: string) => boolean;

/**
 * Special-purpose addresses (RFC 6890 and its registries): this machine, networks that are not the Internet's, and what
 * is translated into either. Somebody who may set up a webhook must not reach what only the server can (SSRF).
 */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of IPv6 only this is the Internet, and within it these are not. */
const global6 = '2000::/3';
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Where clouds hand out credentials to whoever asks from the machine: in private networks too, and in none that is named. */
const credentials = ['169.254.169.254/32', 'fd00:ec2::254/128'];

/** What may be sent to: the Internet, and networks that are named. `null` where one of them is none. */
export function addressRule(allowed: readonly string[]): AddressRule | null {
  const own = listOf(allowed);
  const refused4 = listOf(special4);
  const global = listOf([global6]);
  const refused6 = listOf(special6);
  const never = listOf(credentials);
  if (!own || !refused4 || !global || !refused6 || !never) return null;
  return (given) => {
    // An IPv4 address in IPv6 clothes is the same address.
    const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(given)?.[1] ?? given;
    const family = isIP(address);
    if (family === 0) return false;
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    if (never.check(address, kind)) return false;
    if (own.check(address, kind)) return true;
    return family === 4
      ? !refused4.check(address, kind)
      : global.check(address, kind) && !refused6.check(address, kind);
  };
}

function listOf(entries: readonly string[]): BlockList | null {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = typeof entry === 'string' ? entry.split('/') : [];
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= most)))
      return null;
    list.addSubnet(address, prefix === undefined ? most : Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
