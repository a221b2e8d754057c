import { describe, expect, it } from 'vitest';
import { addressRule } from './networks.ts';

describe('what a webhook may lead to', () => {
  const mayReach = addressRule([]) ?? expect.fail();

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('%s is the Internet', (address) => expect(mayReach(address)).toBe(true));

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    // Where clouds keep the credentials of a machine.
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.7',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:1::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'example.com',
    '',
  ])('%s is not', (address) => expect(mayReach(address)).toBe(false));

  it('and what is named besides', () => {
    const own = addressRule(['10.1.2.0/24', 'fd00::/8', '127.0.0.1']) ?? expect.fail();
    expect(['10.1.2.9', 'fd12::1', '127.0.0.1'].map(own)).toEqual([true, true, true]);
    expect(['10.1.3.9', 'fc00::1', '127.0.0.2'].map(own)).toEqual([false, false, false]);
    // Named with the network around it, or by itself: who hands out credentials is nobody's receiver.
    const wide = addressRule(['fd00::/8', '169.254.0.0/16', '169.254.169.254']) ?? expect.fail();
    expect(['fd00:ec2::254', '169.254.169.254', '169.254.1.1'].map(wide)).toEqual([false, false, true]);
    for (const wrong of ['10.0.0.0/33', '10.0.0/8', 'all', '10.0.0.0/-1', '', '::/129']) {
      expect(addressRule([wrong])).toBeNull();
    }
  });
});
