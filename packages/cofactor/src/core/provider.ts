import type { FactorKind, Requirement } from '../assurance/index.ts';

/** JSON Schema (2020-12), kept open: the part of it a provider needs is up to the provider. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * How an authenticator may be used: `first` can begin a sign-in, `second` comes after another factor,
 * `recovery` stands in for a lost second factor and is never offered first.
 */
export type Usage = 'first' | 'second' | 'recovery';

/** What one success of a provider proves. A verdict may say less or more for the authenticator at hand. */
export interface Proof {
  readonly kind: FactorKind;
  /** RFC 8176 values, without `mfa` and `user`: those are derived. */
  readonly amr: readonly string[];
  readonly userVerified?: boolean;
  readonly phishingResistant?: boolean;
  readonly hardwareProtected?: boolean;
}

/** One proof of several that an answer was, or one that somebody else checked. What is left out is as in `proves`. */
export interface Reported extends Partial<Proof> {
  /**
   * When it was made, for a proof of earlier; `unknownTime` where that is not known. What lies ahead of our clock is not
   * believed. Now if left out.
   */
  readonly at?: Date;
  /** Who checked it, e.g. the issuer of an external identity; `local` if left out. */
  readonly source?: string;
}

/**
 * A factor provider: it turns a stored authenticator and a response into a verdict.
 *
 * It never writes to a store and never sees HTTP. The core saves what it returns, in one transaction with the
 * effect, counts tries before asking it, and treats an exception as "not proved" (I-12).
 *
 * @example
 * const paper: FactorProvider<{ readonly word: string }, { readonly code: string }> = {
 *   name: 'paper', usage: 'second', multiple: false,
 *   proves: { kind: 'have', amr: ['otp'] }, response: codeSchema, view,
 *   begin: () => ({ data: { word: 'tulip' }, setup: { text: 'Write down: tulip' } }),
 *   confirm: (_context, data, { code }) =>
 *     data?.word === code ? { ok: true, data } : { ok: false, reason: 'wrong' },
 *   verify: (_context, { data }, { code }) =>
 *     code === data.word ? { ok: true } : { ok: false, reason: 'wrong' },
 * };
 */
export interface FactorProvider<
  Data = unknown,
  Response = unknown,
  ConfirmResponse = Response,
  Challenge = unknown,
> {
  /** Unique name: lower-case letters, digits and hyphens. Stored with every authenticator, so never rename it. */
  readonly name: string;
  readonly usage: Usage;
  /** Whether one user may have several, each with a name. */
  readonly multiple: boolean;
  readonly proves: Proof;
  /**
   * What it may prove besides when it is asked for it (`wanted`), because that depends on somebody else. It is then
   * offered for that, after what is sure to prove it; nothing counts before it was proved.
   */
  readonly atBest?: readonly Reported[];
  /** What `verify` and `confirm` take, as a strict JSON Schema of an object. */
  readonly response: JsonSchema;
  /** What `confirm` takes, where it differs. */
  readonly confirmResponse?: JsonSchema;
  /** How pages show it. */
  readonly view: ProviderView;
  /** SP 800-63B-4, 3.2.9: a method that is known to be weak. Never the only second factor that can be enrolled. */
  readonly restricted?: true;
  /** Why SP 800-63B-4 does not allow it at all, e.g. `3.1.3.1, e-mail`; the profile of that name then refuses it. */
  readonly notForNist?: string;
  /** Whether it sends through the `mail` of `createCofactor`, and so cannot do without. */
  readonly needsMail?: true;
  /** What `begin` has to be told first, e.g. a phone number: one field, and the strict schema of `{ property: value }`. */
  readonly input?: { readonly schema: JsonSchema; readonly field: ResponseField };
  /** Starts an enrolment. Secrets are made here, on the server (I-03). Left out where the response is all there is. */
  begin?(context: EnrolContext<Data>, input: unknown): MaybePromise<Begun<Data> | NotBegun>;
  /** Ends an enrolment: checks that the person holds what `begin` made, and returns what to store. */
  confirm(
    context: FactorContext,
    data: Data | null,
    response: ConfirmResponse,
  ): MaybePromise<EnrolVerdict<Data>>;
  /** For a provider whose response answers something that the server said first: a challenge, a mailed code. */
  readonly challenge?: ChallengeMaker<Data, Challenge>;
  /** For a provider that can begin a sign-in without being told a user name (a discoverable credential). */
  readonly discover?: Discovery<Challenge>;
  /**
   * Checks a response. Called only after a try was reserved; must not change anything itself. `challenge` is what
   * `challenge.make` kept, `null` for a provider without one: who answers without having asked gets `wrong`.
   */
  verify(
    context: FactorContext,
    authenticator: Asked<Data, Challenge>,
    response: Response,
  ): MaybePromise<Verdict<Data>>;
  /** Takes a code to its person. What it throws, or takes longer than some seconds for, is told to nobody else. */
  send?(context: SendContext, delivery: Delivery): Promise<void>;
  /** What the page tells the device of a person after a change, e.g. which passkeys there are still. */
  signal?(context: FactorContext, held: readonly Held<Data>[]): object;
  /**
   * JSON documents that others look for under `/.well-known/` of the site, by name, e.g. `passkey-endpoints`; public.
   * `site.origin` is the configured one and `base` the path of the pages, e.g. `/auth`.
   */
  wellKnown?(site: { readonly origin: string }, base: string): Readonly<Record<string, object>>;
  /**
   * Takes over what another system held for somebody, in an import: what to store, `refused` for what it cannot use, or
   * `null` for what is none of its business. Its person is not there and nothing is proved, so it is called by an import
   * and by nothing else; nobody who signs in can reach it.
   */
  adopt?(context: FactorContext, foreign: ForeignFactor): MaybePromise<EnrolVerdict<Data> | null>;
  /**
   * For a provider whose counter goes with the time: the counter of the newest response that anybody can have given until
   * now. After a backup was restored, every counter is at least that, so that no response of the time that is lost works
   * again. A provider that keeps a counter, asks for no challenge and cannot say is unusable then, until it is set up anew.
   */
  newestCounter?(now: Date): number;
  /** Spends the time that `verify` would, where there is no such user or authenticator (I-17). */
  decoy?(context: FactorContext, response: Response): MaybePromise<void>;
}

export type MaybePromise<T> = T | Promise<T>;

/** An authenticator as its provider sees it. */
export interface Held<Data = unknown> {
  readonly id: string;
  readonly name: string;
  readonly data: Data;
  readonly counter: number;
}

/** An authenticator that is being answered with, and what it was asked. */
export interface Asked<Data = unknown, Challenge = unknown> extends Held<Data> {
  readonly challenge: Challenge | null;
}

/** What `begin` made. */
export interface Begun<Data = unknown> {
  /** Kept sealed until the enrolment is confirmed. */
  readonly data: Data;
  /** What the person needs; shown once. */
  readonly setup: object;
  readonly deliver?: Delivery;
}

/** Nothing was begun: what the provider was told cannot be used, e.g. an address that is none. */
export interface NotBegun {
  /** Key of the provider's text that tells the person why. */
  readonly refused: string;
}

/** A code on its way to a person, over something they have. */
export interface Delivery {
  /** An e-mail address or a phone number, as it is stored. */
  readonly address: string;
  readonly code: string;
}

/**
 * How a provider asks. A challenge is kept sealed in a table of its own, belongs to one ceremony of one user, and
 * is gone after `lifetime` (I-02, I-21).
 */
export interface ChallengeMaker<Data = unknown, Challenge = unknown> {
  /** Seconds. */
  readonly lifetime: number;
  /** What uses a challenge up: any answer (a signature), or only a right one (a code, which can be mistyped). */
  readonly usedUpBy: 'answer' | 'success';
  /** Whether one challenge serves all of a user's authenticators of this provider; pages then show one choice. */
  readonly shared?: true;
  /** Seconds before another one is made, where asking costs something; until then the one at hand stays. */
  readonly every?: number;
  make(
    context: AskContext,
    chosen: Held<Data>,
    all: readonly Held<Data>[],
  ): MaybePromise<{
    /** Given to `verify`; never leaves the server. */
    readonly data: Challenge;
    /** Given to the page. */
    readonly view: object;
    readonly deliver?: Delivery;
  }>;
}

/** How a provider begins a sign-in on its own. The authenticator it finds is then asked as any other is. */
export interface Discovery<Challenge = unknown> {
  make(context: Omit<AskContext, 'user' | 'hashes'>): MaybePromise<{
    readonly data: Challenge;
    readonly view: object;
  }>;
  /** The `handle` that the authenticator was enrolled with; `null` where the response holds none. */
  find(response: unknown): string | null;
  /**
   * In place of `find`, for a provider that has to ask somebody else whose a response is. Called once, with what `make`
   * kept; the challenge is used up by then.
   */
  identify?(
    context: Omit<FactorContext, 'user' | 'hashes'>,
    challenge: Challenge,
    response: unknown,
  ): MaybePromise<Identified<Challenge> | { readonly ok: false; readonly reason: 'wrong' }>;
}

/** Whose a response is, as far as its provider can tell. */
export interface Identified<Challenge = unknown> {
  readonly ok: true;
  /** The `handle` that their authenticator was enrolled with. */
  readonly handle: string;
  /** Given to `verify` in place of what `make` kept: what was found out, so that nobody is asked twice. */
  readonly challenge: Challenge;
  /** What is known of them, asked for where nobody has the handle yet. Without it nobody can come in that way. */
  newcomer?(): MaybePromise<Newcomer>;
}

/** Somebody whom a provider knows, and who has no account yet, or one that is not linked. */
export interface Newcomer {
  /** What is kept for them once there is an account. */
  readonly enrolled: EnrolVerdict & { readonly ok: true };
  /**
   * An address that is theirs beyond doubt, because whoever says so is in charge of it: the account that has confirmed it
   * is theirs, unless it has a second factor, which would be got around.
   */
  readonly address: string | null;
  /** Set where an account may be made for them. */
  readonly account: {
    /** What it may be called, best first. None is taken from anybody: another name is made where they all are. */
    readonly identifiers: readonly string[];
    /** Where mails go. It is confirmed where it is the `address` above, and has to be confirmed otherwise. */
    readonly email: string | null;
  } | null;
}

/** What a provider may know of the situation. */
export interface FactorContext {
  /** Which accounts these are; handles are unique over all realms of a database. */
  readonly realm: string;
  readonly user: { readonly id: string; readonly identifier: string };
  /** Whose site this is; `origin` is the configured one, e.g. `https://app.example.com` (I-26). */
  readonly site: { readonly name: string; readonly origin: string };
  /** Of the reader, e.g. `en`. */
  readonly language: string;
  readonly now: Date;
  /** Whether the authenticator has to check its user itself (WebAuthn UV), because nothing else could be the second kind. */
  readonly userVerification: 'required' | 'preferred';
  random(length: number): Uint8Array;
  /** Keyed hashes (HMAC-SHA-256) of a value for this user: the first with the newest key, then older ones. */
  hashes(value: string): readonly string[];
  /** Whether this authenticator is, or will be, the only factor of its user. */
  readonly onlyFactor: boolean;
}

/** The situation in which something is asked. */
export interface AskContext extends FactorContext {
  /** Path of the pages, e.g. `/auth`. Whoever leads people back here does so to `/external/<name>` below it. */
  readonly base: string;
  /**
   * What the person is on the way to prove, for a provider that can pass it on to who checks it. A `maxAge` of 0 asks for
   * a new proof.
   */
  readonly wanted: Requirement;
}

/** The situation of an enrolment. */
export interface EnrolContext<Data = unknown> extends FactorContext {
  /** As in `AskContext`. */
  readonly base: string;
  /** What the user has of this provider already. */
  readonly held: readonly Held<Data>[];
}

/** The situation of a delivery. */
export interface SendContext {
  readonly realm: string;
  readonly user: { readonly id: string; readonly identifier: string };
  readonly site: { readonly name: string; readonly origin: string };
  readonly language: string;
  /** Sends a mail through the `mail` of `createCofactor`: the same words as text and as HTML. Throws where it cannot. */
  mail(to: string, content: MailContent): Promise<void>;
}

/** A mail as its author writes it: the frame around it is the site's. */
export interface MailContent {
  /** Without a code: it is shown on locked screens. */
  readonly subject: string;
  /** Paragraphs, most important first. */
  readonly paragraphs: readonly string[];
  /** Set apart in large type, as the first thing to see. */
  readonly code?: string;
  /** One button; its address is shown as text too. */
  readonly link?: { readonly href: string; readonly text: string };
}

/** What may be known of an authenticator without opening what it holds; none of it is secret. */
export interface About {
  /** What this one proves, where it differs from its provider's `proves`; decides what is offered. */
  readonly proves?: Partial<Proof>;
  /** Key of a text of the provider shown beside the name, e.g. `synced`. */
  readonly note?: string;
  /** Shown beside the name as it is, e.g. `j•••@example.com`. */
  readonly hint?: string;
  /**
   * That its codes come by mail. A mailbox that a forgotten password can be reset with is no other factor, under
   * whatever address it is reached: such an authenticator goes with a reset (I-15).
   */
  readonly byMail?: true;
}

export type Verdict<Data = unknown> =
  | {
      readonly ok: true;
      /** Stored in place of the old data, e.g. after re-hashing. */
      readonly data?: Data;
      /** Must be greater than the stored counter, or the response is refused as replayed (I-04). */
      readonly counter?: number;
      /** Hashes of a single-use secret; exactly one unused match is consumed, or the response is wrong. */
      readonly spend?: readonly string[];
      /** What this authenticator proved this time, where it differs from `proves`. */
      readonly proves?: Partial<Proof>;
      /** In place of `proves`: the proofs one by one, where they are several or were checked by somebody else. */
      readonly reports?: readonly Reported[];
      /** Takes the place of what was known of it. */
      readonly about?: About;
    }
  /**
   * `pending`: there is no answer yet (somebody else has to act); it counts as no try, and is asked for again. Only with
   * a challenge that success uses up.
   */
  | { readonly ok: false; readonly reason: 'wrong' | 'replayed' | 'pending' };

export type EnrolVerdict<Data = unknown> =
  | {
      readonly ok: true;
      readonly data: Data;
      readonly counter?: number;
      /** Hashes of single-use secrets to store with the authenticator. */
      readonly lookups?: readonly string[];
      /** Names the authenticator in the whole world, e.g. a credential id. No two can have the same (I-08). */
      readonly handle?: string;
      readonly about?: About;
      /** What this authenticator may be called until its user names it. */
      readonly name?: string;
    }
  | {
      readonly ok: false;
      /** `wrong` is a response that does not prove possession; `refused` one that the provider will not store. */
      readonly reason: 'wrong' | 'refused';
      /** Key of the provider's text that tells the person why. */
      readonly text?: string;
    };

/** What another system held to know somebody by, in words that belong to no system and to no provider. */
export type ForeignFactor =
  /** As it was stored, in the format of that system. */
  | { readonly kind: 'password-hash'; readonly hash: string }
  /** Of RFC 6238, with SHA-1, 6 digits and 30 seconds. */
  | { readonly kind: 'time-based-key'; readonly key: Uint8Array }
  /** In the clear, as their person has them; each is good for once. */
  | { readonly kind: 'single-use-codes'; readonly codes: readonly string[] }
  /** An account at the issuer that the provider is configured for. */
  | { readonly kind: 'identity'; readonly subject: string }
  | ForeignCredential
  /** Codes were sent there, and it was confirmed. */
  | { readonly kind: 'phone-number' | 'mail-address'; readonly address: string };

/** A credential of WebAuthn as its relying party stored it. */
export interface ForeignCredential {
  readonly kind: 'credential';
  readonly id: Uint8Array;
  /** COSE. */
  readonly publicKey: Uint8Array;
  /** By what the credential knows its user: it will go on saying so. */
  readonly userHandle: Uint8Array;
  readonly signCount: number;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  /** From when it was made, where it was kept: it says for which domain that was. */
  readonly attestationObject?: Uint8Array;
  readonly name?: string;
}

/** How the default pages ask for a response: data, so that no page knows any provider. */
export interface ProviderView {
  /** Texts by language, then by key. `en` must be whole; the keys below are the ones pages read. */
  readonly texts: Readonly<Record<string, ProviderTexts>>;
  /** The one field of the default form. A provider that needs more brings its own element. */
  readonly field: ResponseField;
  /** A module whose default export is the custom element of the set-up, served by Cofactor. */
  readonly setupElement?: URL;
  /** The same for answering at sign-in and step-up. Left out: the default form with the one field. */
  readonly loginElement?: URL;
  /** Lower comes first where several can be chosen. */
  readonly order?: number;
  /**
   * That its elements lead to another site, from where people come back to `/external/<name>` below the base: an OAuth
   * authorization response, whose `state` begins with what it is for (`discover`, `enrol`, or `answer.<authenticator>`) and
   * a dot. What is under way is kept in cookies meanwhile.
   */
  readonly away?: true;
}

export interface ProviderTexts {
  /** What it is called, e.g. "Authenticator app". */
  readonly name: string;
  /** One line of what it is, for who chooses. */
  readonly description: string;
  /** What to do at sign-in, e.g. "Enter the 6-digit code from your authenticator app." */
  readonly prompt: string;
  /** Label of the field. */
  readonly label: string;
  /** Said at the field when the response was wrong. */
  readonly wrong: string;
  readonly [key: string]: string;
}

export interface ResponseField {
  /** The property of the response that the field fills. */
  readonly property: string;
  readonly type: 'text' | 'password';
  readonly inputMode?: 'numeric' | 'text' | 'email' | 'tel';
  /** `one-time-code`, `current-password`, `off`. */
  readonly autocomplete: string;
  readonly maxLength: number;
  /** What is left after spaces are taken out is sent; at this length without pressing a button. */
  readonly length?: number;
}
