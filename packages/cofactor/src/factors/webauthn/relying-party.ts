import { wrong, type WebauthnSettings } from './options.ts';

/** For whom passkeys are made and where they may be used: a "relying party" in the words of WebAuthn. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  /** Compared whole, first the site's own. */
  readonly origins: readonly string[];
}

interface Site {
  readonly name: string;
  readonly origin: string;
}

/**
 * The relying party of a site.
 *
 * @throws {CofactorError} `ERR_CONFIG_WEBAUTHN` where no browser would accept the domain at any of the origins.
 */
export function relyingParty(settings: WebauthnSettings, site: Site): RelyingParty {
  const origins = [...new Set([site.origin, ...settings.origins])];
  const hosts = origins.map((origin) => new URL(origin).hostname);
  const id = settings.rpId ?? hosts[0] ?? '';
  if (!hosts.some((host) => host === id || host.endsWith(`.${id}`))) {
    throw wrong(
      'rpId',
      `takes the host of an origin or a domain above it; ${id} is neither of ${hosts.join(', ')}`,
    );
  }
  return { id, name: site.name, origins };
}

/**
 * `/.well-known/webauthn` of the domain that passkeys belong to: where else they may be used (WebAuthn 5.11.1).
 * Serve it at that domain; browsers ask for it from pages of the other origins.
 *
 * @example
 * relatedOrigins(settings, { origin: 'https://example.com' }); // { origins: ['https://example.com', ...] }
 */
export function relatedOrigins(
  settings: Pick<WebauthnSettings, 'origins'>,
  site: Pick<Site, 'origin'>,
): { readonly origins: readonly string[] } {
  return { origins: [...new Set([site.origin, ...settings.origins])] };
}

/**
 * `/.well-known/passkey-endpoints`: where a password manager leads people who want a passkey here, or want to see
 * which they have (W3C "A Well-Known URL for Relying Party Passkey Endpoints").
 */
export function passkeyEndpoints(
  site: Pick<Site, 'origin'>,
  base: string,
): { readonly enroll: string; readonly manage: string } {
  const page = `${site.origin}${base}/security`;
  return { enroll: page, manage: page };
}
