import type { Settings } from '../settings/table.ts';
import type { Exit } from './exits.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';
import type { OpenRealms } from './realms.ts';

/** One command: all that is known of it stands here, for the parser, `--help`, the documentation and tests. */
export interface CommandSpec {
  /** As it is typed, e.g. `user add`. */
  readonly name: string;
  /** In one sentence. */
  readonly about: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** One call that makes sense as it stands, without the name of the program. */
  readonly example: string;
  /** Beside `fine`, `failed`, `usage` and `settings`, which every command may end with. */
  readonly exits?: readonly Exit[];
  /** What else there is to know, in the words of a page. */
  readonly notes?: string;
  /** What runs it, loaded when it is needed: a command starts without what others need. */
  readonly load: () => Promise<Handler>;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly about: string;
  readonly optional?: true;
  readonly choices?: readonly string[];
}

export interface OptionSpec {
  /** As Commander takes it: `--realm <name>`. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  /** What holds where it is left out. */
  readonly standard?: string;
  /** Can be given several times. */
  readonly several?: true;
}

export type Handler = (run: Run) => Promise<Result>;

/** What a command found or did. */
export interface Result {
  readonly exit?: Exit;
  /** What `--json` prints, as one document. Left out by a command that wrote to standard output itself. */
  readonly json?: unknown;
  /** The same for people. */
  readonly text?: string;
  /** What to do next, or to know; for people only, and beside the output. */
  readonly notes?: readonly string[];
}

/** One call of a command. */
export interface Run {
  readonly io: Io;
  readonly json: boolean;
  /** By name. Ends the command where it is missing. */
  argument(name: string): string;
  optional(name: string): string | undefined;
  /** The value of an option, by its long name. */
  option(name: string): string | undefined;
  flag(name: string): boolean;
  list(name: string): readonly string[];
  /** A whole number. Ends the command where it is none. */
  number(name: string): number | undefined;
  readonly settings: Settings;
  /** The file that the settings come from, `null` for none. */
  readonly settingsFile: string | null;
  /** Opens the database and the realms in it; closed when the command ends. */
  open(options?: { readonly migrate?: boolean }): Promise<OpenRealms>;
  progress(label: string): Progress;
  /** Told when somebody presses Ctrl-C: what is under way stops where it can go on later. A second one ends the process. */
  readonly signal: AbortSignal;
  /** Says something to who waits, beside the output. */
  say(text: string): Promise<void>;
  /** Ends the command unless somebody agrees, here or by `--yes`. */
  confirm(question: string): Promise<void>;
}

/** Who did it, in the record: as the back office calls the command line there. */
export function byOf(run: Run): string {
  return `cli:${run.io.user}`;
}
