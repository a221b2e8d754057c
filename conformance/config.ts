/** What the checker has to know of an issuer: its client, its levels, its people, and how its pages are answered. */
export interface Config {
  readonly issuer: string;
  readonly client: ClientConfig;
  /** A second client whose registration has a default level (`default_acr_values`): the level of one factor. */
  readonly clientWithDefaultAcr?: ClientConfig;
  /** A client that the issuer gives nothing below the level of several factors, whatever a request says. */
  readonly clientWithMinimum?: ClientConfig;
  /** The `acr` values of a sign-in with one factor and with several. */
  readonly acr: { readonly one: string; readonly several: string };
  readonly scope: string;
  /** Added to every authorization request, e.g. `{ "audience": "..." }`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What a request has to say besides, to be given a refresh token; `null`: this issuer gives none. */
  readonly refresh: { readonly scope: string; readonly parameters: Readonly<Record<string, string>> } | null;
  /** A resource (RFC 8707) whose access tokens are JWTs (RFC 9068), where there is one. */
  readonly resource?: {
    readonly address: string;
    /** What to ask for there (`scope`). */ readonly scope?: string;
  };
  /** How pages are answered: as plain forms, in Chromium, or by the JSON routes of Cofactor. */
  readonly driver: 'forms' | 'browser' | 'cofactor';
  /** The pages of the issuer. The driver `cofactor` knows them. */
  readonly pages: Pages;
  readonly accounts: readonly Account[];
  /** How many pages one request may show before it counts as a loop. */
  readonly maximumPages: number;
  /** Seconds that one answer of the issuer may take. */
  readonly timeout: number;
}

export interface ClientConfig {
  readonly id: string;
  /** Left out for a public client. */
  readonly secret?: string;
  /** How the secret is sent; `basic` unless said. */
  readonly authentication?: 'basic' | 'post';
  readonly redirectUri: string;
}

/** What a page is for. `passage` is answered to get on, and proves nothing: "who are you", "stay signed in?". */
export type PageKind = 'firstFactor' | 'secondFactor' | 'consent' | 'passage';
export type Pages = Readonly<Partial<Record<PageKind, readonly PageRule[]>>>;

export interface PageRule {
  /** A selector of something that only this page shows. */
  readonly when: string;
  /** How it is answered. Left out for a page that the people here have no answer to. */
  readonly steps?: readonly Step[];
  /** How somebody refuses to answer it. */
  readonly decline?: readonly Step[];
}

/** In `value` and `secret`, `{name}` stands for that value of the account. */
export type Step =
  | { readonly fill: string; readonly value: string }
  | { readonly totp: string; readonly secret: string }
  | { readonly click: string };

export interface Account {
  readonly values: Readonly<Record<string, string>>;
  /** `false` for somebody who has one factor only, and can never reach the level of several. */
  readonly secondFactor: boolean;
  /**
   * Cookies that its browser begins with: where the issuer asks for the second factor at each sign-in, that of a
   * browser which it remembers.
   */
  readonly cookies: Readonly<Record<string, string>>;
}

/** Wrong use, or an issuer that cannot be checked at all: said as it is, without a stack. */
export class UsageError extends Error {}
