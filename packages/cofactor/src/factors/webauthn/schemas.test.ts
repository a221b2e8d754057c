import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create, get } from '../../../../../test/support/passkey.ts';
import { check } from '../../core/schema.ts';
import { assertionSchema, registrationSchema } from './schemas.ts';

const options = { challenge: 'AAAA', rp: { id: 'localhost' }, rpId: 'localhost', user: { id: 'dXNy' } };
const { passkey, response: registration } = create(options);
const assertion = get(options, passkey);

/** `value` with what is at this path replaced, or taken away. */
function changed(value: object, path: string, to?: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((part, key) => part[key] as Record<string, unknown>, copy);
  if (to === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = to;
  return copy;
}

const text = (length: number): string => 'A'.repeat(length);

describe('what a browser returns', () => {
  test('is let in, with everything that one may add', async () => {
    expect(await check(assertionSchema, assertion)).toBeNull();
    expect(await check(registrationSchema, registration)).toBeNull();
    expect(
      await check(registrationSchema, {
        ...registration,
        authenticatorAttachment: 'platform',
        clientExtensionResults: { credProps: { rk: true }, prf: { enabled: false }, hmacCreateSecret: true },
        response: {
          ...registration.response,
          authenticatorData: text(200),
          publicKey: text(120),
          publicKeyAlgorithm: -7,
          transports: ['hybrid', 'internal', 'smart-card'],
        },
      }),
    ).toBeNull();
    expect(await check(registrationSchema, create(options, { alg: -257 }).response)).toBeNull();
  });

  test('A-184 the longest credential id is let in and one byte more is not, nor is none', async () => {
    const withId = (bytes: number): object => {
      const id = Buffer.alloc(bytes, 1).toString('base64url');
      return { ...assertion, id, rawId: id };
    };
    expect(await check(assertionSchema, withId(1))).toBeNull();
    expect(await check(assertionSchema, withId(1023))).toBeNull();
    expect(await check(assertionSchema, withId(1024))).toEqual({ pointer: '/id' });
    expect(await check(assertionSchema, withId(0))).toEqual({ pointer: '/id' });
  });
});

describe('I-24 what no browser returns', () => {
  test.each<[string, unknown]>([
    ['id', undefined],
    ['id', 7],
    ['id', ['AAAA']],
    ['id', 'AAAA=='],
    ['id', 'AA+A'],
    ['id', 'AAA/'],
    ['id', 'AAAA\n'],
    ['id', 'AAAAA'],
    ['rawId', undefined],
    ['type', 'password'],
    ['type', undefined],
    ['extra', 1],
    ['clientExtensionResults', undefined],
    ['clientExtensionResults', []],
    ['clientExtensionResults', { uvm: [[2, 4, 2]] }],
    ['clientExtensionResults', { credProps: { rk: 'yes' } }],
    ['authenticatorAttachment', 'roaming'],
    ['response', undefined],
    ['response', 'AAAA'],
    ['response.clientDataJSON', undefined],
    ['response.clientDataJSON', {}],
    ['response.clientDataJSON', text(4097)],
    ['response.authenticatorData', text(48)],
    ['response.authenticatorData', text(1400)],
    ['response.signature', text(1400)],
    ['response.signature', ''],
    ['response.userHandle', ''],
    ['response.userHandle', null],
    ['response.userHandle', text(88)],
    ['response.attestationObject', 'AAAA'],
  ])('%s as %j is not let in to sign in', async (path, to) => {
    expect(await check(assertionSchema, changed(assertion, path, to))).not.toBeNull();
  });

  test.each<[string, unknown]>([
    ['response.attestationObject', undefined],
    ['response.attestationObject', text(12_289)],
    ['response.transports', 'internal'],
    ['response.transports', ['usb', 'usb']],
    ['response.transports', ['<script>']],
    ['response.transports', Array.from({ length: 9 }, (_, n) => `t${n}`)],
    ['response.publicKeyAlgorithm', '-7'],
    ['response.signature', text(96)],
  ])('%s as %j is not let in to set up', async (path, to) => {
    expect(await check(registrationSchema, changed(registration, path, to))).not.toBeNull();
  });

  test('bytes are let in exactly in the form that encoding them gives', async () => {
    const idSchema = (assertionSchema['properties'] as Record<string, object>)['id'] as Record<
      string,
      unknown
    >;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9_=-]{0,12}$/)),
        async (candidate) => {
          const lets = (await check(idSchema, candidate)) === null;
          const clean = /^[A-Za-z0-9_-]+$/.test(candidate) && candidate.length % 4 !== 1;
          expect(lets).toBe(clean && candidate.length >= 2);
        },
      ),
    );
  });
});
