import { describe, expect, it } from 'vitest';
import {
  adapters,
  askedOf,
  createRp,
  locationOf,
  open,
  signIn,
  withCode,
  type TestRp,
  type Who,
} from '../support/rp.ts';

/** Two applications of one machine under development: a port each, one key, one jar of cookies in the browser. */
describe.each(adapters)('applications beside each other on one host, %s', (adapter) => {
  const neighbours = async (): Promise<readonly [TestRp, TestRp]> => [
    await createRp({ adapter }),
    await createRp({ adapter, client: { origin: 'http://localhost:4001' } }),
  ];
  const isNobody = async (rp: TestRp, cookies: Iterable<readonly [string, string]>): Promise<boolean> => {
    const browser = rp.browser();
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    return (await browser.get<Who>('/who')).body.subject === null;
  };

  it('I-23 RFC 6265 (8.5): a sign-in at one neither counts at the other nor ends what is there', async () => {
    const [orders, stock] = await neighbours();
    const browser = orders.browser();
    await signIn(orders, browser, withCode);
    expect(await isNobody(orders, browser.cookies)).toBe(false);
    expect(await isNobody(stock, browser.cookies)).toBe(true);

    // The same jar at the other port.
    const other = stock.browser();
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    await signIn(stock, other, { ...withCode, sub: 'ben' });
    expect(await isNobody(stock, other.cookies)).toBe(false);
    expect(await isNobody(orders, other.cookies)).toBe(false);
    await orders.close();
    await stock.close();
  });

  it('a cookie under the name that the other one reads is of nobody there', async () => {
    const [orders, stock] = await neighbours();
    const browser = orders.browser();
    await signIn(orders, browser, withCode);
    const renamed = [...browser.cookies].map(
      ([name, value]) => [name.replace('4000', '4001'), value] as const,
    );
    expect(renamed.some(([name]) => name.includes('4001'))).toBe(true);
    expect(await isNobody(stock, renamed)).toBe(true);

    // Nor is a sign-in that one began finished at the other.
    const begun = orders.browser();
    const led = await open(begun, '/orders');
    const taken = stock.browser();
    for (const [name, value] of begun.cookies) taken.cookies.set(name.replace('4000', '4001'), value);
    const response = orders.issuer.authorize(locationOf(led), withCode);
    const answer = await open(taken, `/auth/callback/acme?${new URLSearchParams({ ...response })}`);
    expect(askedOf(led).get('state')).toBe(response.state);
    expect(answer.status).toBe(400);
    expect(stock.issuer.asked.filter(({ path }) => path.includes('token'))).toEqual([]);
    await orders.close();
    await stock.close();
  });
});
