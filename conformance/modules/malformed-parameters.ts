import { describe, fail, pairOf, type Module } from '../check.ts';

const maxAge = ['abc', '-1', '1e1', '0x10', '1.5', '99999999999999999999'];
const claims = [
  '{',
  '[]',
  '"acr"',
  'null',
  '{"id_token":[]}',
  '{"id_token":{"acr":{"essential":true,"values":"mfa"}}}',
];

export const malformedParameters: Module = {
  name: 'malformed-parameters',
  checks:
    'max_age, claims and acr_values that are malformed, or come twice, are invalid_request and never ignored',
  spec: 'RFC 6749 3.1, 4.1.2.1; OpenID Connect Core 3.1.2.1, 5.5',
  guards: ['I-19', 'I-24'],
  async run(check) {
    const requests: (readonly (readonly [string, string])[])[] = [
      ...maxAge.map((value) => [['max_age', value]] as const),
      [
        ['max_age', '60'],
        ['max_age', '60'],
      ],
      [
        ['acr_values', check.config.acr.one],
        ['acr_values', check.config.acr.several],
      ],
      [['acr_values', `${check.config.acr.several}\0`]],
    ];
    if (check.server.claims_parameter_supported === true) {
      requests.push(...claims.map((value) => [['claims', value]] as const));
      requests.push([
        ['claims', '{"id_token":{}}'],
        ['claims', '{"id_token":{}}'],
      ]);
    }
    // A live session: whatever is ignored comes back as a code at once.
    const { person } = await check.weakSession();
    const wrong: string[] = [];
    for (const raw of requests) {
      const answer = await check.authorize(person, { raw }, { leave: 'first' });
      if (answer.kind === 'error' && answer.error === 'invalid_request') continue;
      wrong.push(`${raw.map(([name, value]) => pairOf(name, value)).join(' ')} gives ${describe(answer)}`);
    }
    if (wrong.length > 0) fail(wrong.join('; '));
  },
};
