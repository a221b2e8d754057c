/** Why: several checks read the published sources as text, and comments must not count as code. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const sourceRoot: string = join(import.meta.dirname, '../../packages/cofactor/src');
/** Of the ready-made server: its program, and the pages of its back office. */
export const serverRoot: string = join(import.meta.dirname, '../../packages/server');

export interface SourceFile {
  /** Relative to `src`, e.g. `core/ports.ts`. */
  readonly name: string;
  readonly text: string;
  /** The text with comments blanked out; lines and columns stay where they are. */
  readonly code: string;
}

/** Every source file of the library but its tests. */
export function sourceFiles(): SourceFile[] {
  return filesIn(sourceRoot, '**/*.ts');
}

/** The same of the server. */
export function serverFiles(): SourceFile[] {
  return filesIn(serverRoot, '{src,ui}/**/*.ts');
}

function filesIn(root: string, pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: root })
    .filter((name) => !name.endsWith('.test.ts'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(root, name), 'utf8');
      return { name, text, code: withoutComments(text) };
    });
}

/** Blanks comments, leaving strings, templates and regular expressions alone. */
export function withoutComments(text: string): string {
  const string = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
  const regexp = /(?<=[=(,:!&|?;[{]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//;
  const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
  const token = new RegExp(`(${string.source}|${regexp.source})|(${comment.source})`, 'g');
  return text.replace(token, (all, kept: string | undefined) => kept ?? all.replace(/[^\n]/g, ' '));
}

/** Every line whose code matches, as `file:line  the line`. */
export function findings(file: SourceFile, pattern: RegExp, code: string = file.code): string[] {
  const lines = file.text.split('\n');
  return code
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) ? [`${file.name}:${index + 1}  ${lines[index]?.trim() ?? ''}`] : [],
    );
}

/** Prints what was found, and fails the process if that is anything. */
export function verdict(rule: string, found: readonly string[]): void {
  if (found.length === 0) return;
  console.log(rule);
  for (const line of found) console.log(`  ${line}`);
  process.exitCode = 1;
}
