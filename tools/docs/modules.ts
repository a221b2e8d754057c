/**
 * What the emitted declarations (`*.d.ts`) of the packages export, and where each of it is declared. Read with the
 * parser that Vite brings, so that it takes no compiler and no package of its own.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'vite';

/** A node of the syntax tree: what is looked at here, and whatever else there is. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** One declaration, with the comment that stands before it. A function that is overloaded has several. */
export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'constant' | 'type';
  readonly file: string;
  readonly comment: string;
  /** As it is written, without `export`. */
  readonly texts: readonly string[];
  /** The names of types that stand in it. */
  readonly mentions: readonly string[];
}

/** What a module adds to one of somebody else: `declare module 'fastify' { ... }`. */
export interface Augmentation {
  readonly target: string;
  readonly text: string;
}

interface Elsewhere {
  readonly source: string;
  readonly name: string;
}

export interface Module {
  readonly file: string;
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, Elsewhere>;
  readonly exports: ReadonlyMap<string, string | Elsewhere>;
  /** Modules of which everything is exported again. */
  readonly stars: readonly string[];
  readonly augmentations: readonly Augmentation[];
}

const kinds: Readonly<Record<string, Declaration['kind']>> = {
  TSDeclareFunction: 'function',
  FunctionDeclaration: 'function',
  ClassDeclaration: 'class',
  VariableDeclaration: 'constant',
  TSInterfaceDeclaration: 'type',
  TSTypeAliasDeclaration: 'type',
};

const read = new Map<string, Module>();

/** A module by its file, read once. */
export function moduleAt(file: string): Module {
  const known = read.get(file);
  if (known) return known;
  const made = readModule(file);
  read.set(file, made);
  return made;
}

/** Whose file a relative import of a declaration file means; `null` for a package. */
export function fileOf(from: string, source: string): string | null {
  if (!source.startsWith('.')) return null;
  return join(dirname(from), source.replace(/(?:\.d)?\.[jt]s$/, '.d.ts'));
}

/** Where a name that a module uses or exports is declared; `null` where that is in somebody else's package. */
export function declarationOf(module: Module, name: string, how: 'exported' | 'used'): Declaration | null {
  const exported = how === 'exported' ? module.exports.get(name) : undefined;
  if (typeof exported === 'object') return follow(module, exported);
  const local = exported ?? (how === 'used' ? name : undefined);
  if (local !== undefined) {
    const declared = module.declarations.get(local);
    if (declared) return declared;
    const imported = module.imports.get(local);
    return imported ? follow(module, imported) : null;
  }
  for (const star of module.stars) {
    const found = follow(module, { source: star, name });
    if (found) return found;
  }
  return null;
}

function follow(module: Module, { source, name }: Elsewhere): Declaration | null {
  const file = fileOf(module.file, source);
  return file === null ? null : declarationOf(moduleAt(file), name, 'exported');
}

/** Every name that a module exports, those of modules that it exports as a whole included, but for `except`. */
export function exportedNames(module: Module, except: ReadonlySet<string> = new Set()): readonly string[] {
  const through = module.stars
    .map((source) => fileOf(module.file, source))
    .filter((file): file is string => file !== null && !except.has(file))
    .flatMap((file) => exportedNames(moduleAt(file), except));
  return [...new Set([...module.exports.keys(), ...through])];
}

function readModule(file: string): Module {
  const text = readFileSync(file, 'utf8');
  const { program, comments } = parseSync(file, text);
  const declarations = new Map<string, Declaration>();
  const imports = new Map<string, Elsewhere>();
  const exported = new Map<string, string | Elsewhere>();
  const stars: string[] = [];
  const augmentations: Augmentation[] = [];

  const commentBefore = (start: number): string => {
    const last = comments.findLast((comment) => comment.end <= start);
    const close = last?.type === 'Block' && last.value.startsWith('*') && !text.slice(last.end, start).trim();
    return close ? last.value.slice(1) : '';
  };
  const declare = (node: SyntaxNode, start: number): readonly string[] => {
    const kind = kinds[node.type];
    if (kind === undefined) return [];
    const names = namesOf(node);
    for (const name of names) {
      const before = declarations.get(name);
      declarations.set(name, {
        name,
        kind: before?.kind ?? kind,
        file,
        comment: [before?.comment ?? '', commentBefore(start)].filter(Boolean).join('\n'),
        texts: [...(before?.texts ?? []), text.slice(node.start, node.end)],
        mentions: [...new Set([...(before?.mentions ?? []), ...mentionedIn(node)])],
      });
    }
    return names;
  };

  for (const node of program.body as unknown as readonly SyntaxNode[]) {
    const source = (node['source'] as { readonly value?: string } | null | undefined)?.value;
    const specifiers = (node['specifiers'] ?? []) as readonly Readonly<Record<string, SyntaxNode>>[];
    if (node.type === 'ImportDeclaration' && source !== undefined) {
      for (const { local, imported } of specifiers)
        imports.set(nameOf(local), { source, name: nameOf(imported ?? local) });
    } else if (node.type === 'ExportAllDeclaration' && source !== undefined) {
      stars.push(source);
    } else if (node.type === 'ExportNamedDeclaration') {
      const declaration = node['declaration'] as SyntaxNode | null;
      for (const name of declaration ? declare(declaration, node.start) : []) exported.set(name, name);
      for (const { local, exported: as } of specifiers)
        exported.set(nameOf(as), source === undefined ? nameOf(local) : { source, name: nameOf(local) });
    } else if (node.type === 'TSModuleDeclaration') {
      const id = node['id'] as { readonly value?: string };
      augmentations.push({ target: id.value ?? '', text: text.slice(node.start, node.end) });
    } else {
      declare(node, node.start);
    }
  }
  return { file, declarations, imports, exports: exported, stars, augmentations };
}

function nameOf(node: SyntaxNode | undefined): string {
  const name = node?.['name'] ?? node?.['value'];
  return typeof name === 'string' ? name : '';
}

function namesOf(node: SyntaxNode): readonly string[] {
  if (node.type !== 'VariableDeclaration') return [nameOf(node['id'] as SyntaxNode)];
  return (node['declarations'] as readonly SyntaxNode[]).map(({ id }) => nameOf(id as SyntaxNode));
}

/** The names of types that stand anywhere in a declaration. */
function mentionedIn(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(mentionedIn);
  if (typeof node !== 'object' || node === null) return [];
  const { type, typeName, expression, ...rest } = node as Record<string, unknown>;
  const name =
    type === 'TSTypeReference' ? typeName : type === 'TSInterfaceHeritage' ? expression : undefined;
  const here = name === undefined ? [] : [nameOf(name as SyntaxNode)].filter(Boolean);
  return [...here, ...Object.values({ ...rest, expression }).flatMap(mentionedIn)];
}
