/**
 * The JSON that pages and clients exchange with the routes under `/auth`: types only, shared by server and
 * elements. Times are ISO 8601 strings; every state-changing request carries `x-csrf-token`.
 */

/** `GET /auth/context`: what a page needs before it can do anything. */
export interface ContextView {
  readonly csrf: string;
  readonly product: { readonly name: string };
  /** What asked for this sign-in, by what it is called; `null` for this site itself. Told for `?return_to=`. */
  readonly application: string | null;
  /** Open to everyone who comes, or not. */
  readonly registration: boolean;
  /** Whether a sign-in may ask to be remembered on its device, and a forgotten password can be reset by mail. */
  readonly offers: { readonly remember: boolean; readonly reset: boolean };
  /** What a sign-in can begin with. */
  readonly first: readonly ProviderInfo[];
  /** The sign-in in progress in this browser, if there is one. */
  readonly ceremony: CeremonyView | null;
  /** Who is signed in, if anybody is. */
  readonly session: { readonly user: UserView; readonly acr: string; readonly amr: readonly string[] } | null;
  /** Texts in the language of the reader, by key; providers' texts are in `ProviderInfo.texts`. */
  readonly language: string;
}

/** `POST /auth/language`: one of the languages there are, for this browser from now on (204). */
export interface LanguageBody {
  readonly language: string;
}

export interface UserView {
  readonly id: string;
  readonly identifier: string;
}

/** One provider, as pages need it. */
export interface ProviderInfo {
  readonly provider: string;
  readonly usage: 'first' | 'second' | 'recovery';
  readonly multiple: boolean;
  readonly texts: Readonly<Record<string, string>>;
  readonly field: {
    readonly property: string;
    readonly type: 'text' | 'password';
    readonly inputMode?: 'numeric' | 'text' | 'email' | 'tel';
    readonly autocomplete: string;
    readonly maxLength: number;
    readonly length?: number;
  };
  /** Address of the module whose default export is the set-up element; absent: the default one serves. */
  readonly setupElement?: string;
  /** The same for answering; absent: the form with the one field serves. */
  readonly loginElement?: string;
  /** Set where `POST /auth/challenges` comes before an answer. */
  readonly challenge?: true;
  /** Set where it can begin a sign-in without a user name, with its `loginElement`. */
  readonly discover?: true;
  /** The field of what `POST /auth/enrolments` takes as `input`, where it does. */
  readonly input?: ProviderInfo['field'];
  /** A method that is known to be weak; pages say so. */
  readonly restricted?: true;
}

/** A ceremony that is under way: what it is for and how it can go on. */
export interface CeremonyView {
  readonly purpose: 'sign-in' | 'step-up';
  readonly user: UserView;
  /** Why a step-up is asked, in data: the name of the policy or of the application, and how old the last proof is. */
  readonly reason: {
    readonly policy: string | null;
    readonly application: string | null;
    readonly lastProvedSecondsAgo: number | null;
    /** What a single operation is, in words of its application, a line each: the title, then its parameters. */
    readonly operation?: readonly string[];
  } | null;
  /** What can be answered now, best first; last used first within that. */
  readonly offers: readonly Offer[];
  readonly triesLeft: number;
  readonly expiresAt: string;
}

/** One authenticator of the person that would bring the ceremony further. */
export interface Offer {
  readonly authenticator: string;
  readonly name: string;
  /** Shown beside the name, e.g. where a code goes: `j•••@example.com`. */
  readonly hint?: string;
  readonly provider: ProviderInfo;
}

/**
 * `POST /auth/challenges { authenticator }`, in a ceremony: asks the server to say what has to be answered (or to
 * send it). `{ provider }` without a ceremony begins a sign-in with a provider that can (`discover`).
 */
export interface ChallengeBody {
  readonly authenticator?: string;
  readonly provider?: string;
  /** Where the person is going, for a sign-in that begins with it. */
  readonly returnTo?: string;
}
export interface ChallengeView {
  readonly provider: string;
  /** What the provider's element or the person needs; never the answer. */
  readonly view: Readonly<Record<string, unknown>>;
  readonly expiresAt: string;
  /** Seconds after which another one can be asked for, where asking sends something. */
  readonly resendAfter?: number;
}

/**
 * The answer of `POST /auth/sign-in`, `POST /auth/step-up`, `POST /auth/ceremony` and `POST /auth/register`.
 * `enrol`: the person has nothing that could meet what was asked; `returnTo` leads to the security page.
 */
export type StepView =
  | { readonly status: 'done'; readonly returnTo: string }
  /** The answer is not there yet (somebody else has to act): ask again after so many seconds. */
  | { readonly status: 'pending'; readonly retryAfter: number }
  | { readonly status: 'more-needed'; readonly ceremony: CeremonyView }
  | { readonly status: 'enrol'; readonly returnTo: string };

/** `POST /auth/sign-in`; without `identifier` for a provider that finds its user by itself (`discover`). */
export interface SignInBody {
  readonly identifier?: string;
  readonly provider: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly returnTo?: string;
}
/** `POST /auth/register` has the same shape. */
export type RegisterBody = SignInBody & { readonly identifier: string };
/** `POST /auth/ceremony`: answers an offer. `DELETE /auth/ceremony` abandons it (204). */
export interface AnswerBody {
  readonly authenticator: string;
  readonly response: Readonly<Record<string, unknown>>;
  /** Whether this browser may go without the second factor for 30 days. Taken only at sign-in, where the site allows it. */
  readonly remember?: boolean;
}
/** `POST /auth/step-up`: begins a step-up for a named policy, or (without one) for managing this account. */
export interface StepUpBody {
  readonly policy?: string;
  readonly returnTo?: string;
  /** For managing this account: whether a proof is wanted for this very request, however fresh another one is. */
  readonly anew?: boolean;
}

/** `GET /auth/security`: what protects the account. */
export interface SecurityView {
  readonly user: UserView;
  readonly acr: string;
  readonly authenticators: readonly AuthenticatorView[];
  /** What can still be added. */
  readonly addable: readonly ProviderInfo[];
  readonly sessions: readonly SessionView[];
  /** Browsers that go without the second factor. */
  readonly devices: readonly DeviceView[];
  /** The address that mails go to; `pending` waits to be confirmed. */
  readonly email: {
    readonly address: string | null;
    readonly verified: boolean;
    readonly pending: string | null;
  };
  /** What each provider wants to tell the device of the person after a change: `signal` of the module takes `data`. */
  readonly signals: readonly { readonly module: string; readonly data: Readonly<Record<string, unknown>> }[];
  /** Pages of the account that are somewhere else, e.g. the applications that have access to it. */
  readonly links: readonly { readonly href: string; readonly text: string }[];
  /** Whether the proof at hand is fresh enough to change something; if not, `POST /auth/step-up` first. */
  readonly canManage: boolean;
}

export interface AuthenticatorView {
  readonly id: string;
  readonly provider: ProviderInfo;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  /** Single-use secrets left, where it has them; `low` at three or fewer. */
  readonly remaining?: number;
  readonly low?: boolean;
  /** Key of a text of the provider, e.g. `synced`. */
  readonly note?: string;
  readonly hint?: string;
  /** Set where it cannot be used any more: too many wrong tries, or its provider is gone. */
  readonly unusable?: 'disabled' | 'unavailable';
  /** Whether the account can do without it. */
  readonly removable: boolean;
}

export interface DeviceView {
  readonly id: string;
  /** The browser that this is. */
  readonly current: boolean;
  readonly userAgent: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

export interface SessionView {
  /** Public handle of the session; not the secret in the cookie. */
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly userAgent: string;
  readonly ip: string;
  readonly acr: string;
}

/** `POST /auth/enrolments { provider, input }` answers 201 with this. */
export interface EnrolmentView {
  readonly enrolment: string;
  readonly provider: ProviderInfo;
  /** What the provider's set-up element shows. Sent once; never again after it is confirmed. */
  readonly setup: Readonly<Record<string, unknown>>;
  readonly proposedName: string;
  readonly expiresAt: string;
  /** Set where a code was sent to what the person entered. */
  readonly sent?: true;
}
/** `POST /auth/enrolments/confirm` */
export interface ConfirmBody {
  /** Left out where a cookie has it: for set-ups that lead to another site and back. */
  readonly enrolment?: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly name?: string;
}
/**
 * The answer to a confirmed enrolment. `issued`: recovery made at the same time, to be shown once.
 * The session's cookie was renewed; all other sessions of the account are over.
 */
export interface ConfirmedView {
  readonly authenticator: AuthenticatorView;
  readonly issued: readonly {
    readonly provider: ProviderInfo;
    readonly setup: Readonly<Record<string, unknown>>;
  }[];
  /** Where the person was on the way to when sent to enrol; opens after a step-up. */
  readonly returnTo: string;
}
/** `PATCH /auth/authenticators { id, name }`, `DELETE /auth/authenticators { id }`: 204. */
/** `PUT /auth/authenticators`: replaces what one authenticator holds (change password): 204. */
export interface ReplaceBody {
  readonly id: string;
  /** What it holds now, asked for once more. */
  readonly current: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
}
/** `DELETE /auth/sessions { id }` ends one, `DELETE /auth/sessions/others` all but this one, `POST /auth/sign-out` this one: 204. */

/** `POST /auth/invitation/account { token }`: whom the link is for. */
export interface InvitedView {
  readonly identifier: string;
}
/** `POST /auth/invitation`: accepts it; answers `StepView`, signed in. */
export interface InvitationBody {
  readonly token: string;
  readonly provider: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** Every error (RFC 9457, `application/problem+json`). `type` is stable; `detail` is words for the reader. */
export interface Problem {
  readonly type: `urn:cofactor:problem:${ProblemName}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Which part of the request was wrong (JSON pointer), where that is known. */
  readonly pointer?: string;
  /** Key of the text of the provider that refused, e.g. why a password was not taken. */
  readonly text?: string;
  readonly retryAfter?: number;
  readonly triesLeft?: number;
}

/** The link was followed: where to set something up. */
export interface PermittedView {
  readonly returnTo: string;
}

export type ProblemName =
  | 'malformed' /*            400 the request is not what the schema says */
  | 'csrf' /*                 403 token or Origin missing or wrong */
  | 'not-signed-in' /*        401 */
  | 'step-up-needed' /*       401 the session is too weak or too old for this */
  | 'wrong-credentials' /*    401 sign-in: user or response wrong, not said which */
  | 'not-linked' /*           403 an external identity that no account is linked with */
  | 'wrong-response' /*       401 second factor or set-up code wrong; counted */
  | 'replayed-response' /*    401 right, but used before; not counted */
  | 'refused-response' /*     422 the provider will not store this (text says why) */
  | 'identifier-taken' /*     409 */
  | 'ceremony-unknown' /*     404 */
  | 'ceremony-used' /*        409 */
  | 'ceremony-expired' /*     410 */
  | 'too-many-tries' /*       429 with Retry-After */
  | 'enrolment-unknown' /*    404 unknown, used or expired */
  | 'not-found' /*            404 */
  | 'last-authenticator' /*   409 the account cannot do without it */
  | 'delivery-failed' /*      503 a code could not be sent; another way may work */
  | 'token-unknown' /*        404 a link from a mail: unknown, used or too old */
  | 'permit-needed' /*        403 a first second factor under force: by the link of a mail, or of an administrator */
  | 'locks-you-out' /*        409 a rule that whoever saves it does not meet */
  | 'level-unreachable' /*    409 a rule that nobody could meet */
  | 'already-enrolled' /*     409 the provider allows one only, or the cap is reached */
  | 'forbidden' /*            403 */
  | 'provider-unavailable' /* 503 */
  | 'busy' /*                 503 with Retry-After: hash queue full */
  | 'unavailable'; /*         503 the database is away */
