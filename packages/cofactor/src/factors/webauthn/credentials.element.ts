/** What both elements do with `navigator.credentials`; in the browser, so named as what runs there. */

/** Why there is no credential, as far as browsers tell; the end of the key of a text. */
export type Failure = 'aborted' | 'cancelled' | 'timeout' | 'registered' | 'unsupported' | 'failed';

export type Outcome =
  | { readonly response: Readonly<Record<string, unknown>> & { readonly id: string } }
  | { readonly failure: Failure };

/** Whether there is anything to ask: not in an old browser, nor on a page that is not secure. */
export function isSupported(): boolean {
  return typeof PublicKeyCredential === 'function' && navigator.credentials !== undefined;
}

/** A browser does one thing at a time here, and refuses the second; so the first one gives way. */
let current = new AbortController();

/** Ends what is under way, e.g. because the person signs in otherwise. */
export function giveWay(): void {
  current.abort();
}

function next(): AbortSignal {
  giveWay();
  current = new AbortController();
  return current.signal;
}

/** Has a passkey made; what comes back is `RegistrationResponseJSON` (WebAuthn 5.1). */
export function create(options: PublicKeyCredentialCreationOptionsJSON): Promise<Outcome> {
  return attempt(options.timeout, async () => {
    const credential = (await navigator.credentials.create({
      signal: next(),
      publicKey: {
        ...(options as unknown as PublicKeyCredentialCreationOptions),
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: (options.excludeCredentials ?? []).map(descriptor),
      },
    })) as PublicKeyCredential | null;
    const response = credential?.response as AuthenticatorAttestationResponse | undefined;
    return (
      response && {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports?.() ?? [],
        credential: credential as PublicKeyCredential,
      }
    );
  });
}

/** Has a passkey used; what comes back is `AuthenticationResponseJSON`. `conditional` waits in the field. */
export function get(
  options: PublicKeyCredentialRequestOptionsJSON,
  mediation: CredentialMediationRequirement = 'optional',
): Promise<Outcome> {
  return attempt(options.timeout, async () => {
    const credential = (await navigator.credentials.get({
      signal: next(),
      mediation,
      publicKey: {
        ...(options as unknown as PublicKeyCredentialRequestOptions),
        challenge: bytes(options.challenge),
        allowCredentials: (options.allowCredentials ?? []).map(descriptor),
      },
    })) as PublicKeyCredential | null;
    const response = credential?.response as AuthenticatorAssertionResponse | undefined;
    return (
      response && {
        clientDataJSON: text(response.clientDataJSON),
        authenticatorData: text(response.authenticatorData),
        signature: text(response.signature),
        ...(response.userHandle?.byteLength && { userHandle: text(response.userHandle) }),
        credential: credential as PublicKeyCredential,
      }
    );
  });
}

type Answer = Readonly<Record<string, unknown>> & { readonly credential: PublicKeyCredential };

/**
 * Not `credential.toJSON()`: older browsers have none, some password managers break it, and with it would go what
 * the server neither asked for nor takes.
 */
async function attempt(
  timeout: number | undefined,
  ask: () => Promise<Answer | undefined>,
): Promise<Outcome> {
  const began = performance.now();
  try {
    const answer = await ask();
    if (!answer) return { failure: 'failed' };
    const { credential, ...response } = answer;
    const { id, type } = credential;
    return { response: { id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} } };
  } catch (error) {
    const late = timeout !== undefined && performance.now() - began > timeout * 0.95;
    return { failure: failureOf(error, late) };
  }
}

/** Browsers say "not allowed" for a person who declines and for one who does not come (WebAuthn 14.5.1). */
function failureOf(error: unknown, late: boolean): Failure {
  switch ((error as Error | undefined)?.name) {
    case 'AbortError':
      return 'aborted';
    case 'NotAllowedError':
      return late ? 'timeout' : 'cancelled';
    case 'InvalidStateError':
      return 'registered';
    case 'NotSupportedError':
    case 'SecurityError':
    case 'ConstraintError':
      return 'unsupported';
    default:
      return 'failed';
  }
}

function descriptor({
  id,
  transports = [],
}: PublicKeyCredentialDescriptorJSON): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: bytes(id), transports: transports as AuthenticatorTransport[] };
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const base64 = base64url.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
