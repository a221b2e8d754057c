import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insufficientAuthentication, parseStepUpChallenge, type StepUpChallenge } from './challenge.ts';

const error = 'error="insufficient_user_authentication"';

describe('parseStepUpChallenge', () => {
  test.each<[string, StepUpChallenge]>([
    [`Bearer ${error}`, {}],
    // The example of RFC 9470, 3.1.
    [
      'Bearer error="insufficient_user_authentication",\n error_description="A different authentication level is required",\n acr_values="myACR"'.replaceAll(
        '\n',
        '',
      ),
      { acrValues: 'myACR' },
    ],
    [`Bearer ${error}, max_age="5"`, { maxAge: 5 }],
    [`Bearer ${error}, max_age=5`, { maxAge: 5 }],
    [`Bearer ${error}, max_age="0"`, { maxAge: 0 }],
    [`Bearer ${error}, max_age="000000007"`, { maxAge: 7 }],
    [
      `Bearer ${error}, acr_values="urn:x:gold urn:x:silver", max_age="300"`,
      { acrValues: 'urn:x:gold urn:x:silver', maxAge: 300 },
    ],
    [`Bearer ${error}, acr_values=mfa`, { acrValues: 'mfa' }],
    // Names in whatever case, and the order makes no difference.
    [`bEARER ACR_Values="mfa", Max_Age="1", ERROR=${error.slice(6)}`, { acrValues: 'mfa', maxAge: 1 }],
    // Values exactly.
    [`Bearer ${error}, acr_values="MFA"`, { acrValues: 'MFA' }],
    // White space and empty members, where RFC 9110 lets them be.
    [`  Bearer   ${error} ,, ,	acr_values  =	"mfa"  , `, { acrValues: 'mfa' }],
    // Quotes hide commas, equals signs and other challenges; a backslash hides a quote.
    [`Bearer realm="a, b=\\"c\\", DPoP error=x", ${error}, acr_values="mfa"`, { acrValues: 'mfa' }],
    [`Bearer realm="\\\\", ${error}, acr_values="m\\f\\a"`, { acrValues: 'mfa' }],
    // Other schemes before and after, with parameters, with credentials in one piece, with nothing.
    [`DPoP algs="ES256", error="invalid_token", Bearer ${error}, max_age="1"`, { maxAge: 1 }],
    [`Bearer ${error}, max_age="1", DPoP max_age="2", acr_values="other"`, { maxAge: 1 }],
    [`Negotiate, Bearer ${error}, acr_values="mfa", Negotiate YWJj==, Basic`, { acrValues: 'mfa' }],
    [`Negotiate a+b/c==, Bearer ${error}`, {}],
    [`Bearer error="invalid_token", Bearer ${error}, acr_values="mfa"`, { acrValues: 'mfa' }],
    [`Bearer realm=x, bearer ${error}, max_age=9`, { maxAge: 9 }],
    // What nobody knows is left alone, also where it is there twice.
    [`Bearer a=1, a=2, ${error}, scope="x y"`, {}],
  ])('%s', (header, wanted) => expect(parseStepUpChallenge(header)).toEqual(wanted));

  test.each<[string, string | null | undefined]>([
    ['nothing', null],
    ['nothing at all', undefined],
    ['an empty header', ''],
    ['commas', ' , ,, '],
    ['no error', 'Bearer realm="x"'],
    ['another error', 'Bearer error="invalid_token", acr_values="mfa"'],
    ['an error in another case', 'Bearer error="Insufficient_User_Authentication"'],
    ['another scheme', `DPoP ${error}, acr_values="mfa"`],
    ['a scheme that begins alike', `BearerX ${error}`],
    ['no scheme', error],
    ['a scheme and its parameters apart', `Bearer, ${error}`],
    ['a tab after the scheme', `Bearer\t${error}`],
    ['the error twice', `Bearer ${error}, ${error}`],
    ['the error twice in different cases', `Bearer ${error}, ERROR=invalid_token`],
    ['acr_values twice', `Bearer ${error}, acr_values="mfa", acr_values="mfa"`],
    ['acr_values twice in different cases', `Bearer ${error}, acr_values="mfa", Acr_Values="pwd"`],
    ['max_age twice', `Bearer ${error}, max_age=1, max_age=1000`],
    ['max_age three times', `Bearer ${error}, max_age=1, max_age=2, max_age=3`],
    ['two such challenges', `Bearer ${error}, acr_values="mfa", Bearer ${error}, acr_values="phr"`],
    ['a negative age', `Bearer ${error}, max_age="-1"`],
    ['an age with a sign', `Bearer ${error}, max_age="+1"`],
    ['a fraction', `Bearer ${error}, max_age="1.5"`],
    ['an exponent', `Bearer ${error}, max_age="1e9"`],
    ['a hexadecimal age', `Bearer ${error}, max_age="0x10"`],
    ['digits of another script', `Bearer ${error}, max_age="\xb2"`],
    ['an age that is too great', `Bearer ${error}, max_age="1000000000"`],
    ['an empty age', `Bearer ${error}, max_age=""`],
    ['white space in an age', `Bearer ${error}, max_age=" 5"`],
    ['no values', `Bearer ${error}, acr_values=""`],
    ['values with a tab', `Bearer ${error}, acr_values="a\tb"`],
    ['values with two spaces', `Bearer ${error}, acr_values="a  b"`],
    ['values beyond ASCII', `Bearer ${error}, acr_values="\xe9"`],
    ['too many values', `Bearer ${error}, acr_values="${'a'.repeat(1025)}"`],
    ['a quote that does not end', `Bearer ${error}, acr_values="mfa`],
    ['a quote that ends in a backslash', `Bearer ${error}, acr_values="mfa\\`],
    ['a quote and something after it', `Bearer ${error}, acr_values="mfa"x`],
    ['no comma', `Bearer ${error} acr_values="mfa"`],
    ['a parameter without value', `Bearer ${error}, acr_values=`],
    ['a parameter without name', `Bearer ${error}, ="mfa"`],
    ['a name in quotes', `Bearer "error"="insufficient_user_authentication"`],
    ['single quotes', "Bearer error='insufficient_user_authentication'"],
    ['a semicolon', `Bearer ${error}; max_age=1`],
    ['a line end', `Bearer ${error},\r\n max_age=1`],
    ['a NUL', `Bearer ${error}, realm="\0"`],
    ['parameters after credentials in one piece', `Bearer abc, ${error}`],
    ['rubbish after a good challenge', `Bearer ${error}, acr_values="mfa", <html>`],
    ['a header that is too long', `Bearer ${error}, realm="${'a'.repeat(8192)}"`],
    ['no text', 5 as never],
  ])('believes nothing of %s', (_what, header) => expect(parseStepUpChallenge(header)).toBeNull());

  const values = fc
    .array(
      fc.string({
        unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
        minLength: 1,
        maxLength: 12,
      }),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((list) => list.join(' '));
  const challenges: fc.Arbitrary<StepUpChallenge> = fc.record(
    { acrValues: values, maxAge: fc.integer({ min: 0, max: 999_999_999 }) },
    { requiredKeys: [] },
  );

  test('reads what we write, alone and among others', () => {
    const others = fc.constantFrom(
      'DPoP algs="ES256 PS256"',
      'Basic realm="a, b"',
      'Negotiate YWJj=',
      'Digest qop=auth, nonce="\\"", stale=false',
      'Bearer',
      'Bearer realm="\\\\"',
    );
    fc.assert(
      fc.property(challenges, fc.array(others), fc.array(others), (challenge, before, after) => {
        const header = [...before, insufficientAuthentication(challenge), ...after].join(', ');
        expect(parseStepUpChallenge(header)).toEqual(challenge);
      }),
      { numRuns: 2000 },
    );
  });

  test('A-159 whatever comes, it answers, never throws, and makes nothing up', () => {
    const names = ['Bearer', 'bearer', 'error', 'insufficient_user_authentication', 'acr_values', 'max_age'];
    const marks = [' ', ',', '=', '"', '\\', '\t', '-', '==', '/', '\0', '\xff', '😀', '\r\n'];
    const pieces = fc.constantFrom(...names, ...marks, error, 'mfa', '300', 'DPoP', '__proto__');
    const rubbish = fc.oneof(
      fc.array(pieces, { maxLength: 24 }).map((list) => list.join('')),
      fc.string({ unit: 'binary' }),
      challenges.chain((challenge) => {
        const header = insufficientAuthentication(challenge);
        // One character of a good one is another.
        return fc
          .tuple(fc.nat(header.length - 1), fc.string({ maxLength: 2 }))
          .map(([at, other]) => header.slice(0, at) + other + header.slice(at + 1));
      }),
    );
    fc.assert(
      fc.property(rubbish, (header) => {
        const read = parseStepUpChallenge(header);
        if (read === null) return;
        // In a quoted text each character may have a backslash before it (RFC 9110, 5.6.4).
        expect(header.replaceAll('\\', '')).toContain('insufficient_user_authentication');
        const { acrValues, maxAge, ...more } = read;
        expect(more).toEqual({});
        if (acrValues !== undefined) expect(acrValues).toMatch(/^[!-~]+( [!-~]+)*$/);
        if (maxAge !== undefined) expect(Number.isSafeInteger(maxAge) && maxAge >= 0).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test('takes no longer for what was made to take long', () => {
    const began = performance.now();
    for (const piece of ['a', ' ', '\t', '=', '"', '\\', 'a=', 'a ', '\\"', 'a="', ' ,']) {
      for (const start of ['', 'Bearer ', 'Bearer a="', 'Bearer a']) {
        parseStepUpChallenge(start + piece.repeat(Math.floor(8000 / piece.length)));
      }
    }
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

test('a value with a quote in it stays one value', () => {
  const header = insufficientAuthentication({ acrValues: 'a"b\\c", max_age="0' });
  expect(parseStepUpChallenge(header)).toEqual({ acrValues: 'a"b\\c", max_age="0' });
});
