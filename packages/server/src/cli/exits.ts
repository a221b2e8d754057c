/** Exit codes: what a script may want to tell apart. They are part of the interface: none ever means something else. */
export const exitCodes = Object.freeze({
  /** Done, and nothing was found that is wrong. */
  fine: 0,
  /** It could not be done: the database is away, a file cannot be written. */
  failed: 1,
  /** There is no such command or option, or an argument is missing. Nothing was done. */
  usage: 2,
  /** The settings cannot be used. Nothing was done. */
  settings: 3,
  /** What it is about is not there. */
  'not-found': 4,
  /** Not done, because it must not be: the last owner, a key that is needed, a question that was answered with no. */
  refused: 5,
  /** Done in part: some of it was skipped, and is named. */
  partly: 6,
  /** Looked, and found something that is wrong. */
  problem: 7,
} as const);

export type Exit = keyof typeof exitCodes;

export const exitMeanings: Readonly<Record<Exit, string>> = Object.freeze({
  fine: 'done',
  failed: 'it could not be done, e.g. the database is away',
  usage: 'a command, option or argument is wrong; nothing was done',
  settings: 'the settings cannot be used; nothing was done',
  'not-found': 'what it is about is not there',
  refused: 'not done, because it must not be, or was not confirmed',
  partly: 'done in part; what was skipped is named',
  problem: 'it looked, and found something that is wrong',
});

/** What ends a command in words for the reader, and with an exit code. */
export class CommandError extends Error {
  readonly exit: Exit;
  /** What to do now. */
  readonly next: string | undefined;

  constructor(exit: Exit, message: string, next?: string) {
    super(message);
    this.name = 'CommandError';
    this.exit = exit;
    this.next = next;
  }
}
