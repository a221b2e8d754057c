import { decode } from './bytes.ts';

/** What a browser has to have signed for (WebAuthn 5.8.1). */
export interface ExpectedClientData {
  readonly type: 'webauthn.create' | 'webauthn.get';
  /** Base64url, as it was sent. */
  readonly challenge: string;
  /** Compared as text, whole. */
  readonly origins: readonly string[];
}

/**
 * Whether the client data is what this ceremony expects. The library compares type, challenge and origin as well;
 * that a page of another site has us in a frame (`crossOrigin`) it lets pass where no top origin is named, and
 * nobody has any business there.
 */
export function isExpected(clientDataJSON: string, expected: ExpectedClientData): boolean {
  const data = parsed(clientDataJSON);
  return (
    data !== null &&
    data['type'] === expected.type &&
    data['challenge'] === expected.challenge &&
    expected.origins.some((origin) => data['origin'] === origin) &&
    (data['crossOrigin'] === undefined || data['crossOrigin'] === false) &&
    data['topOrigin'] === undefined
  );
}

function parsed(clientDataJSON: string): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(decode(clientDataJSON));
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
