import type { JsonSchema } from '../../core/provider.ts';

/** Base64url of so many bytes, in the one way to write it without padding (RFC 4648, 5). */
function bytes(least: number, most: number): JsonSchema {
  return Object.freeze({
    type: 'string',
    minLength: lengthOf(least),
    maxLength: lengthOf(most),
    pattern: '^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$',
  });
}

function lengthOf(count: number): number {
  return Math.ceil((count * 4) / 3);
}

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return Object.freeze({
    type: 'object',
    additionalProperties: false,
    required: Object.freeze(Object.keys(properties)),
    properties: Object.freeze({ ...properties, ...optional }),
  });
}

const flag: JsonSchema = Object.freeze({ type: 'boolean' });

/** A credential id has at most 1023 bytes (WebAuthn 4; A-184). */
const credentialId = bytes(1, 1023);

/** Results of extensions that a browser may report unasked. Nothing is read from them. */
const extensionResults = object(
  {},
  {
    appid: flag,
    appidExclude: flag,
    credProps: object({}, { rk: flag }),
    hmacCreateSecret: flag,
    largeBlob: object({}, { supported: flag }),
    prf: object({}, { enabled: flag }),
  },
);

function credential(response: JsonSchema): JsonSchema {
  return object(
    {
      id: credentialId,
      rawId: credentialId,
      type: Object.freeze({ const: 'public-key' }),
      response,
      clientExtensionResults: extensionResults,
    },
    { authenticatorAttachment: Object.freeze({ enum: Object.freeze(['platform', 'cross-platform']) }) },
  );
}

const clientDataJSON = bytes(2, 3072);

/** `AuthenticationResponseJSON` (WebAuthn 5.1): the answer to a challenge. */
export const assertionSchema: JsonSchema = credential(
  object(
    {
      clientDataJSON,
      // 37 bytes, and extensions.
      authenticatorData: bytes(37, 1024),
      // 64 bytes of Ed25519, about 71 of ECDSA, 256 and more of RSA.
      signature: bytes(8, 1024),
    },
    { userHandle: bytes(1, 64) },
  ),
);

const transport: JsonSchema = Object.freeze({
  type: 'string',
  minLength: 1,
  maxLength: 32,
  pattern: '^[a-z0-9-]+$',
});

/** `RegistrationResponseJSON` (WebAuthn 5.1): a new credential. */
export const registrationSchema: JsonSchema = credential(
  object(
    {
      clientDataJSON,
      // With the certificates of a TPM about 6000.
      attestationObject: bytes(37, 9216),
    },
    {
      transports: Object.freeze({ type: 'array', maxItems: 8, uniqueItems: true, items: transport }),
      // The same again, taken apart for who has no CBOR; read from `attestationObject` here.
      authenticatorData: bytes(37, 4096),
      publicKey: bytes(1, 2048),
      publicKeyAlgorithm: Object.freeze({ type: 'integer' }),
    },
  ),
);
