import { execFileSync } from 'node:child_process';
import { findPythonWithFido2 } from './find-program.ts';
import type { AssertionJson, RegistrationJson } from './passkey.ts';

/** A relying party by Yubico's python-fido2, which shares no code with Cofactor: what it makes of a response. */
const script = `
import json, sys
from fido2.client import ClientData
from fido2.cose import CoseKey
from fido2.ctap2 import AttestationObject, AttestedCredentialData, AuthenticatorData
from fido2 import cbor
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import PublicKeyCredentialRpEntity

def judge(asked):
    server = Fido2Server(
        PublicKeyCredentialRpEntity(asked["rpId"], "Test"),
        verify_origin=lambda origin: origin == asked["origin"],
    )
    state = {"challenge": asked["challenge"], "user_verification": "required"}
    response = asked["response"]["response"]
    client = ClientData(websafe_decode(response["clientDataJSON"]))
    if "attestationObject" in response:
        attested = AttestationObject(websafe_decode(response["attestationObject"]))
        credential = server.register_complete(state, client, attested).credential_data
        return {"verified": True, "id": websafe_encode(credential.credential_id)}
    key = CoseKey.parse(cbor.decode(websafe_decode(asked["publicKey"])))
    stored = AttestedCredentialData.create(bytes(16), websafe_decode(asked["credentialId"]), key)
    server.authenticate_complete(
        state,
        [stored],
        websafe_decode(asked["response"]["id"]),
        client,
        AuthenticatorData(websafe_decode(response["authenticatorData"])),
        websafe_decode(response["signature"]),
    )
    return {"verified": True, "id": asked["response"]["id"]}

def answer(asked):
    try:
        return judge(asked)
    except ValueError as error:
        return {"verified": False, "reason": str(error)}

print(json.dumps([answer(asked) for asked in json.load(sys.stdin)]))
`;

export interface Fido2Answer {
  readonly verified: boolean;
  readonly reason?: string;
  readonly id?: string;
}

interface Asked {
  readonly rpId: string;
  readonly origin: string;
  readonly challenge: string;
}

/** A new credential. */
export interface Registered extends Asked {
  readonly response: RegistrationJson;
}

/** An assertion for a credential as it is stored: id, and COSE key in base64url. */
export interface Asserted extends Asked {
  readonly response: AssertionJson;
  readonly credentialId: string;
  readonly publicKey: string;
}

/** What it makes of each of them, user verification being required. A process for all: one takes most of a second. */
export function askFido2(asked: readonly (Registered | Asserted)[]): readonly Fido2Answer[] {
  const python = findPythonWithFido2();
  if (python === undefined)
    throw new Error('python3-fido2 is not installed: guard the test with describeWith');
  const said = execFileSync(python, ['-c', script], { input: JSON.stringify(asked), encoding: 'utf8' });
  return JSON.parse(said) as Fido2Answer[];
}
