/** Where the time comes from; nothing else in Cofactor reads a clock (I-10). */
export interface Clock {
  now(): Date;
}

/** Where randomness comes from: a cryptographically secure source (800-63B-4, 3.2.12). */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Where operators read what happened. Never given a secret, a code or an address (I-28). */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * Where numbers go that operators watch. Labels come from closed sets: a provider's name, a realm, how something ended;
 * never a name, an address or anything that somebody typed (I-28).
 */
export interface Meter {
  /** One more of these. */
  count(name: CountName, labels: Readonly<Record<string, string>>): void;
}

/**
 * What is counted: each answered step of a sign-in (`realm`, `method`, `result`) and of a step-up; each session made
 * (`realm`); tries that were turned away, and second factors that too many tries have disabled (`realm`, `kind`).
 */
export type CountName = 'sign-ins' | 'step-ups' | 'sessions' | 'lockouts';

/** A mail, whole: the same words as text and as HTML, nothing loaded from elsewhere. */
export interface Mail {
  /** One stored address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Takes mails away. Throws where it could not hand one over. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
