import type { FactorKind } from '../assurance/index.ts';

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

/**
 * A factor provider: it turns a stored authenticator and a response into a verdict.
 *
 * It never writes to a store and never sees HTTP. The core saves what it returns, in one transaction with the
 * effect, counts tries before asking it, and treats an exception as "not proved" (I-12).
 *
 * @example
 * const paper: FactorProvider = {
 *   name: 'paper', usage: 'second', multiple: false,
 *   proves: { kind: 'have', amr: ['otp'] }, response: codeSchema, view,
 *   begin: () => ({ data: { word: 'tulip' }, setup: { text: 'Write down: tulip' } }),
 *   confirm: (_context, data, response) => ({ ok: true, data }),
 *   verify: (_context, { data }, response) => ({ ok: response.code === data.word }),
 * };
 */
export interface FactorProvider<Data = unknown, Response = unknown, ConfirmResponse = Response> {
  /** Unique name: lower-case letters, digits and hyphens. Stored with every authenticator, so never rename it. */
  readonly name: string;
  readonly usage: Usage;
  /** Whether one user may have several, each with a name. */
  readonly multiple: boolean;
  readonly proves: Proof;
  /** What `verify` and `confirm` take, as a strict JSON Schema of an object. */
  readonly response: JsonSchema;
  /** What `confirm` takes, where it differs. */
  readonly confirmResponse?: JsonSchema;
  /** How pages show it. */
  readonly view: ProviderView;
  /** Starts an enrolment. Secrets are made here, on the server (I-03). Left out where the response is all there is. */
  begin?(context: FactorContext): MaybePromise<{ readonly data: Data; readonly setup: object }>;
  /** Ends an enrolment: checks that the person holds what `begin` made, and returns what to store. */
  confirm(
    context: FactorContext,
    data: Data | null,
    response: ConfirmResponse,
  ): MaybePromise<EnrolVerdict<Data>>;
  /** Checks a response. Called only after a try was reserved; must not change anything itself. */
  verify(
    context: FactorContext,
    authenticator: { readonly data: Data; readonly counter: number },
    response: Response,
  ): MaybePromise<Verdict<Data>>;
  /** Spends the time that `verify` would, where there is no such user or authenticator (I-17). */
  decoy?(context: FactorContext, response: Response): MaybePromise<void>;
}

export type MaybePromise<T> = T | Promise<T>;

/** What a provider may know of the situation. */
export interface FactorContext {
  readonly user: { readonly id: string; readonly identifier: string };
  readonly now: Date;
  random(length: number): Uint8Array;
  /** Keyed hashes (HMAC-SHA-256) of a value for this user: the first with the newest key, then older ones. */
  hashes(value: string): readonly string[];
  /** Whether this authenticator is, or will be, the only factor of its user. */
  readonly onlyFactor: boolean;
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
    }
  | { readonly ok: false; readonly reason: 'wrong' | 'replayed' };

export type EnrolVerdict<Data = unknown> =
  | {
      readonly ok: true;
      readonly data: Data;
      readonly counter?: number;
      /** Hashes of single-use secrets to store with the authenticator. */
      readonly lookups?: readonly string[];
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

/** How the default pages ask for a response: data, so that no page knows any provider. */
export interface ProviderView {
  /** Texts by language, then by key. `en` must be whole; the keys below are the ones pages read. */
  readonly texts: Readonly<Record<string, ProviderTexts>>;
  /** The one field of the default form. A provider that needs more brings its own element. */
  readonly field: ResponseField;
  /** A module whose default export is the custom element of the set-up, served by Cofactor. */
  readonly setupElement?: URL;
  /** Lower comes first where several can be chosen. */
  readonly order?: number;
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
  readonly inputMode?: 'numeric' | 'text';
  /** `one-time-code`, `current-password`, `off`. */
  readonly autocomplete: string;
  readonly maxLength: number;
  /** What is left after spaces are taken out is sent; at this length without pressing a button. */
  readonly length?: number;
}
