/** What a browser has to have signed for (WebAuthn 5.8.1). */
export interface ExpectedClientData {
  readonly type: 'webauthn.create' | 'webauthn.get';
  /** Base64url, as it was sent. */
  readonly challenge: string;
  /** Compared as text, whole. */
  readonly origins: readonly string[];
}

/**
 * Whether the client data (`clientDataJSON`, decoded) is what this ceremony expects. For a set-up, the library compares
 * type, challenge and origin as well; that a page of another site has us in a frame (`crossOrigin`) it lets pass where
 * no top origin is named, and nobody has any business there.
 */
export function isExpected(clientData: Uint8Array, expected: ExpectedClientData): boolean {
  const data = parsed(clientData);
  return (
    data !== null &&
    data['type'] === expected.type &&
    data['challenge'] === expected.challenge &&
    expected.origins.some((origin) => data['origin'] === origin) &&
    (data['crossOrigin'] === undefined || data['crossOrigin'] === false) &&
    data['topOrigin'] === undefined &&
    isTokenBinding(data['tokenBinding'])
  );
}

const tokenBindings: readonly unknown[] = ['present', 'supported', 'notSupported'];

/** What Level 1 and 2 of the standard had there; browsers of that time may still say that there is none. */
function isTokenBinding(told: unknown): boolean {
  return told === undefined || (isObject(told) && tokenBindings.includes(told['status']));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parsed(clientData: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const data: unknown = JSON.parse(utf8.decode(clientData));
    return isObject(data) ? data : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
