import { fail, type Answer, type Check, type Module } from '../check.ts';

export const responseParameters: Module = {
  name: 'response-parameters',
  checks: 'codes and errors come back with the state that was sent, and with iss',
  spec: 'RFC 9207 2; RFC 6749 4.1.2, 4.1.2.1',
  guards: ['I-19'],
  async run(check) {
    if (check.server.authorization_response_iss_parameter_supported !== true) {
      check.seen.push('iss is not announced (authorization_response_iss_parameter_supported)');
    }
    const { person } = await check.weakSession();
    expectParameters(check, await check.authorize(person), 'code');
    const nobody = await check.person();
    expectParameters(check, await check.authorize(nobody, { prompt: 'none' }), 'error');
    expectParameters(check, await check.authorize(person, { prompt: 'none login' }), 'error');
    const unsupported = {
      raw: [
        ['response_type', null],
        ['response_type', 'nonsense'],
      ],
    } as const;
    expectParameters(check, await check.authorize(person, unsupported), 'error');
  },
};

function expectParameters(check: Check, answer: Answer, kind: 'code' | 'error'): void {
  if (answer.kind !== kind || !('callback' in answer)) fail(`${kind} was expected, not ${answer.kind}`);
  const { searchParams } = answer.callback;
  // A response type that is not known may come back in the fragment (Multiple Response Types 2).
  if (searchParams.getAll('state').join('|') !== answer.sent.state) {
    fail(`state is ${JSON.stringify(searchParams.get('state'))} in ${answer.callback.search}`);
  }
  const iss = searchParams.getAll('iss');
  const announced = check.server.authorization_response_iss_parameter_supported === true;
  if ((announced || iss.length > 0) && iss.join('|') !== check.server.issuer) {
    fail(`iss is ${JSON.stringify(iss)} in ${answer.callback.search}`);
  }
}
