import { reasonOf, type Tokens } from '../client.ts';
import { fail, skip, type Check, type Module } from '../check.ts';
import { withAuthTime } from './anew.ts';

export const tokensAgree: Module = {
  name: 'tokens-agree',
  checks:
    'userinfo, introspection and JWT access tokens say the acr and auth_time of the id_token, where they say any',
  spec: 'RFC 9470 6; RFC 9068 2.2.1; OpenID Connect Core 5.3',
  guards: ['I-19', 'A-139'],
  async run(check) {
    const compared: string[] = [];
    const compare = (place: string, { claims }: Tokens, other: Readonly<Record<string, unknown>>): void => {
      for (const name of ['acr', 'auth_time', 'amr']) {
        if (other[name] === undefined) continue;
        const [here, there] = [claims[name], other[name]].map((value) => JSON.stringify(value));
        if (here !== there) fail(`${name} is ${here} in the id_token and ${there} in ${place}`);
        compared.push(`${place}: ${name}`);
      }
    };
    for (const acrValues of [check.config.acr.one, check.config.acr.several]) {
      const { person } = await check.weakSession();
      const ask = { ...withAuthTime, acrValues };
      const tokens = await check.redeem(await check.authorize(person, ask));
      for (const [place, read] of placesOf(check)) compare(place, tokens, await told(place, read(tokens)));
      const { resource } = check.config;
      if (resource === undefined) continue;
      const { address, scope } = resource;
      const asked = { ...ask, ...(scope !== undefined && { scope }), raw: [['resource', address]] } as const;
      const forResource = await check.redeem(await check.authorize(person, asked), check.client, address);
      const read = check.client.readAccessToken(forResource, address);
      compare('the access token', forResource, await told('the access token', read));
    }
    if (compared.length === 0) skip('nothing but the id_token says acr or auth_time');
    check.seen.push(`the same: ${[...new Set(compared)].join(', ')}`);
  },
};

type Read = (tokens: Tokens) => Promise<Readonly<Record<string, unknown>>>;

function placesOf({ server, client }: Check): readonly (readonly [string, Read])[] {
  return [
    ...(server.userinfo_endpoint ? [['userinfo', (tokens: Tokens) => client.userInfo(tokens)] as const] : []),
    ...(server.introspection_endpoint
      ? [['introspection', (tokens: Tokens) => client.introspect(tokens)] as const]
      : []),
  ];
}

async function told(
  place: string,
  answer: Promise<Readonly<Record<string, unknown>>>,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await answer;
  } catch (error) {
    fail(`${place} does not answer as it should: ${reasonOf(error)}`);
  }
}
