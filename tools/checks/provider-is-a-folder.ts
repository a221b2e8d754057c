/**
 * Why: adding a factor provider is adding a folder, and nothing else (ARCHITECTURE, sentence 5). That holds only
 * as long as no other file knows a provider by name, as a string or as part of an identifier.
 */
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findings, sourceFiles, sourceRoot, verdict, type SourceFile } from './source-files.ts';

/** The list of what the package exports has to name them. */
const exportList = 'index.ts';

/** The same word in another meaning: the line, and what it means there. */
const otherMeanings: readonly { readonly line: RegExp; readonly means: string }[] = [
  { line: /type: 'text' \| 'password'|type === 'password'/, means: 'the type of an <input>' },
  { line: /'1Password'/, means: 'the name of a password manager' },
  { line: /^importers\/.*('RecoveryCodes'|'password')/, means: 'what another system calls it' },
  { line: /^mail\/options\.ts/, means: 'what a mail server asks for' },
  { line: /\burl\.password\b/, means: 'a part of an address' },
  {
    line: /^(oidc-server|oidc-client|issuer)\/.*\bopenid\b/,
    means: 'a scope of OpenID Connect, or its name',
  },
];

/** A folder without an `index.ts` holds what several providers share. */
export function providers(): string[] {
  return globSync('*/index.ts', { cwd: join(sourceRoot, 'factors') }).map((file) => dirname(file));
}

/** Every line outside of a provider's folder that knows it by name. */
export function strangersThatNameProviders(
  files: readonly SourceFile[] = sourceFiles(),
  names: readonly string[] = providers(),
): string[] {
  return names.flatMap((name) =>
    files
      .filter((file) => file.name !== exportList && !file.name.startsWith(`factors/${name}/`))
      .flatMap((file) => findings(file, spellings(name), withoutProse(file.code)))
      .filter((line) => !otherMeanings.some((other) => other.line.test(line))),
  );
}

/** Empties quoted strings that hold words for people: several, with spaces between them. */
function withoutProse(code: string): string {
  const string = /(['"`])(?:\\.|(?!\1)[^\\])*\1/g;
  return code.replace(string, (text) => (/^['"].*\s/.test(text) ? "''" : text));
}

/** `'recovery-codes'`, `'recovery-codes.title'`, `factors/recovery-codes/`, `recoveryCodes`, `newRecoveryCodes`. */
function spellings(name: string): RegExp {
  const pascal = name.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  return new RegExp(
    [
      `['"\`]${name}(?=['"\`.:/])`,
      `factors/${name}/`,
      `(?<![\\w-])${camel}(?![a-z-])`,
      `${pascal}(?![a-z])`,
      `(?<![a-z])${name.replaceAll('-', '_')}_`,
    ].join('|'),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  verdict(
    'A provider is a folder: ask the provider (core/provider.ts) instead of knowing its name:',
    strangersThatNameProviders(),
  );
}
