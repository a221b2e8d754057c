import { BlockList, isIP } from 'node:net';
import { CofactorError } from '../base/errors.ts';
import { header, type HttpRequest } from '../web/message.ts';

/**
 * Finds who is at the other end when proxies stand in between. `X-Forwarded-For` is read from the right, and
 * only as far as each hop is one of the listed proxies; what is not an address ends the walk.
 */
export function clientAddressFinder(trustedProxies: readonly string[]): (request: HttpRequest) => string {
  const trusted = new BlockList();
  for (const entry of trustedProxies) add(trusted, entry);
  const isTrusted = (ip: string): boolean => {
    const family = isIP(ip);
    return family !== 0 && trusted.check(ip, family === 6 ? 'ipv6' : 'ipv4');
  };
  return (request) => {
    let address = plain(request.remoteAddress);
    if (trustedProxies.length === 0) return address;
    const hops = (header(request, 'x-forwarded-for') ?? '').split(',').slice(-20);
    while (hops.length > 0 && isTrusted(address)) {
      const hop = plain(hops.pop()?.trim() ?? '');
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

/** An IPv4 address in IPv6 clothes is the same address. */
function plain(ip: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
}

function add(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address);
  const bits = Number(prefix);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || (prefix !== undefined && !(/^\d+$/.test(prefix) && bits <= most))) {
    throw new CofactorError(
      'ERR_CONFIG_TRUSTED_PROXIES',
      `trustedProxies takes addresses or networks, e.g. 10.0.0.0/8, not ${JSON.stringify(entry)}.`,
    );
  }
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) list.addAddress(address, type);
  else list.addSubnet(address, bits, type);
}
