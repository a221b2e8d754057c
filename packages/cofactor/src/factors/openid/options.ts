import { canonicalAddress } from '../../core/mail/address.ts';
import { checkedIssuerNames, checkedIssuerSettings, type IssuerSettings } from '../../issuer/settings.ts';
import { checkedTrust, type TrustRule } from './trust.ts';
import { wrong } from './wrong.ts';

export interface OpenidOptions {
  /** Stored with every linked identity, and part of the redirect URI: never rename it. E.g. `google`. */
  readonly name: string;
  /** What people know it as, e.g. `Google`. */
  readonly label: string;
  /**
   * The issuer, exactly as it calls itself in its discovery document. An https address; `http://localhost` and
   * `http://127.0.0.1` are for development.
   */
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client. */
  readonly clientSecret?: string;
  /** `openid email profile` if left out. */
  readonly scope?: string;
  /**
   * What the issuer's word counts for beyond a first factor (I-18). Values are compared exactly; whatever is not in here
   * counts for nothing.
   */
  readonly trust?: readonly TrustRule[];
  /**
   * Who may come in that no account is linked with. `existing` (the default): nobody, they sign in another way and link
   * it. `create`: everybody whom the issuer lets in gets an account.
   */
  readonly accounts?: 'existing' | 'create';
  /**
   * Domains whose addresses this issuer hands out itself, e.g. `['example.com']`. An account that has confirmed such an
   * address, and has neither a second factor nor a role, is linked at the first sign-in. Never name a domain of which the
   * issuer only repeats what people enter.
   */
  readonly authoritativeFor?: readonly string[];
  /** Seconds that each question to the issuer may take (5). */
  readonly timeout?: number;
  /** In place of the `fetch` of Node, e.g. to go through a proxy. */
  readonly fetch?: typeof fetch;
}

/** The options as the provider works with them: whole, checked and frozen. */
export interface OpenidSettings extends IssuerSettings {
  readonly name: string;
  readonly label: string;
  readonly trust: readonly TrustRule[];
  readonly accounts: 'existing' | 'create';
  readonly authoritativeFor: ReadonlySet<string>;
}

/** @throws {CofactorError} `ERR_CONFIG_OPENID` */
export function checked(options: OpenidOptions): OpenidSettings {
  const { name, label, issuer, clientId, clientSecret, scope, trust, accounts, authoritativeFor, ...rest } =
    options;
  const { timeout, fetch, ...unknown } = rest;
  const [other] = Object.keys(unknown);
  if (other !== undefined) throw wrong(other, 'is not an option');
  checkedIssuerNames(name, label, wrong);
  const settings = checkedIssuerSettings({ issuer, clientId, clientSecret, scope, timeout, fetch }, wrong);
  if (accounts !== undefined && accounts !== 'existing' && accounts !== 'create') {
    throw wrong('accounts', "takes 'existing' or 'create'");
  }
  return Object.freeze({
    ...settings,
    name,
    label,
    trust: checkedTrust(trust),
    accounts: accounts ?? 'existing',
    authoritativeFor: checkedDomains(authoritativeFor),
  });
}

function checkedDomains(given: readonly string[] = []): ReadonlySet<string> {
  const isDomain = (entry: unknown): boolean =>
    typeof entry === 'string' && canonicalAddress(`somebody@${entry}`) === `somebody@${entry}`;
  const isList: boolean = Array.isArray(given);
  if (!isList || !given.every(isDomain)) {
    throw wrong('authoritativeFor', "takes a list of domains in lower-case ASCII, e.g. ['example.com']");
  }
  return new Set(given);
}
