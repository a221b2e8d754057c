import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface EntryPoint {
  /** What is imported: `cofactor/fastify`. */
  readonly name: string;
  /** The page of the reference: `fastify`. */
  readonly page: string;
  /** The declarations it begins with. */
  readonly file: string;
}

/** Those of both packages. */
export function allEntryPoints(): readonly EntryPoint[] {
  return ['packages/cofactor', 'packages/server'].flatMap(entryPointsOf);
}

/** The entry points of a package that have types, in the order of its `exports`. */
function entryPointsOf(folder: string): readonly EntryPoint[] {
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
  const { name, exports: all } = JSON.parse(text) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
  };
  return Object.entries(all).flatMap(([path, target]) => {
    if (typeof target === 'string' || target.types === undefined) return [];
    const entry = path === '.' ? name : `${name}/${path.slice(2)}`;
    const page = path === '.' ? name : path.slice(2).replaceAll('/', '-');
    return [{ name: entry, page, file: join(root, folder, target.types) }];
  });
}
