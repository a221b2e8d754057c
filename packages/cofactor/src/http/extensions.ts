import { existsSync, lstatSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../core/engine.ts';
import { CofactorError } from '../base/errors.ts';
import { checker } from '../core/schema.ts';
import type { JsonSchema } from '../core/provider.ts';

/** What packages of the application bring to the pages: elements and names of providers. */
export interface Extensions {
  readonly byProvider: ReadonlyMap<string, Extension>;
  /** Everything that is served, by `<package>/<path>`: nothing else can be asked for. */
  readonly files: ReadonlyMap<string, URL>;
  /** Every package that was found, those included that were left out because something is wrong with them. */
  readonly packages: readonly ExtensionPackage[];
}

/** A package as it was found, for who looks after the site. */
export interface ExtensionPackage {
  /** Of its folder. */
  readonly name: string;
  readonly state: 'in-use' | 'wrong';
  readonly problem: string | null;
  readonly extensions: readonly {
    readonly alias: string;
    readonly provider: string;
    readonly label: string | null;
    readonly setupElement: string | null;
    readonly loginElement: string | null;
  }[];
}

/** What is brought for one provider. Files are keys of `files`. */
export interface Extension {
  readonly setupElement?: string;
  readonly loginElement?: string;
  readonly label?: string;
}

/** A manifest that its schema has passed. */
interface Manifest {
  readonly extensions: readonly {
    readonly alias: string;
    readonly forProviderName: string;
    readonly element?: string;
    readonly loginElement?: string;
    readonly meta?: { readonly label?: string };
  }[];
}

/** The schema of manifests: the one that is published, for editors, is the one that decides. */
export const manifestSchema: URL = new URL('../../cofactor-package.schema.json', import.meta.url);

const manifestName = 'cofactor-package.json';
const packageName = /^[a-z0-9][a-z0-9-]{0,63}$/;
const fileName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;
/** Not what a package has for its own sake: what it depends on is nobody's business. */
const servedName = /^(?!package(?:-lock)?\.json$|tsconfig[^/]*\.json$).*\.(?:js|css|svg|json)$/;
/** How deep folders of a package may go, and how many files it may have: more is a folder named by mistake. */
const [deepest, most] = [4, 500];

const known = new WeakMap<Engine, Extensions>();

/**
 * The packages in the folders of the option `extensions`, read and checked once.
 *
 * @throws {CofactorError} `ERR_CONFIG_EXTENSIONS`, naming the file and what is wrong in it; where the option
 * `wrongExtensions` says so, it is told in the log, and the package left out.
 */
export function extensionsOf(engine: Engine): Extensions {
  let extensions = known.get(engine);
  if (!extensions) {
    extensions = readExtensions(engine);
    known.set(engine, extensions);
  }
  return extensions;
}

/** The packages of a realm, and what is wrong with those that are left out. */
export function extensionPackages({ engine }: { readonly engine: Engine }): readonly ExtensionPackage[] {
  return extensionsOf(engine).packages;
}

type Check = ReturnType<typeof checker>;

/** A package as it was found. */
interface Package {
  readonly name: string;
  readonly manifest: URL;
  readonly extensions: Manifest['extensions'];
  /** By path in the package. */
  readonly files: ReadonlyMap<string, URL>;
}

/** What all packages together come to: a provider and an alias are of one of them. */
interface Gathered {
  readonly byProvider: Map<string, Extension>;
  readonly aliases: Set<string>;
  readonly files: Map<string, URL>;
  readonly packages: Map<string, ExtensionPackage>;
}

/**
 * A package is taken as a whole or left out as a whole. The providers of one that is left out are registered all the same,
 * and are asked for as ever, on the pages that they have without it: nothing is asked less for it (I-12).
 */
function readExtensions({ config }: Engine): Extensions {
  const { extensions: folders, providers, wrongExtensions, log } = config;
  const gathered: Gathered = {
    byProvider: new Map(),
    aliases: new Set(),
    files: new Map(),
    packages: new Map(),
  };
  const leaveOut = <T>(name: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      if (wrongExtensions === 'refuse' || !(error instanceof CofactorError)) throw error;
      log.error({ package: name, problem: error.message }, 'a package of extensions is left out');
      // Of two of one name the first one stays what it is.
      const key = gathered.packages.has(name) ? `${name} (2)` : name;
      gathered.packages.set(key, { name, state: 'wrong', problem: error.message, extensions: [] });
      return null;
    }
  };
  if (folders.length > 0) {
    const check = checker(JSON.parse(readFileSync(manifestSchema, 'utf8')) as JsonSchema);
    for (const folder of folders) {
      for (const read of leaveOut(folder.pathname.split('/').at(-2) ?? '', () => packagesIn(folder)) ?? []) {
        leaveOut(read.name, () => {
          const name = read.check();
          const home = new URL(`${name}/`, folder);
          if (gathered.packages.has(name)) throw wrong(home, 'another folder has a package of this name');
          add(gathered, readPackage(name, home, check), new Set(providers.keys()));
        });
      }
    }
  }
  const { byProvider, files, packages } = gathered;
  return { byProvider, files, packages: [...packages.values()] };
}

/** Adds a package, unless something in it is wrong: then nothing of it is there. */
function add(
  gathered: Gathered,
  { name, manifest, extensions, files }: Package,
  providers: ReadonlySet<string>,
): void {
  const byProvider = new Map<string, Extension>();
  const aliases = new Set<string>();
  for (const [index, extension] of extensions.entries()) {
    const { alias, forProviderName: provider, element, loginElement, meta } = extension;
    const at = `/extensions/${index}`;
    if (gathered.aliases.has(alias) || aliases.has(alias))
      throw wrong(manifest, `${at}/alias ${alias} is taken; each needs its own`);
    aliases.add(alias);
    if (!providers.has(provider)) {
      const registered = [...providers].join(', ');
      throw wrong(manifest, `${at}/forProviderName ${provider} is not in factors, which has ${registered}`);
    }
    if (gathered.byProvider.has(provider) || byProvider.has(provider))
      throw wrong(manifest, `${at}/forProviderName ${provider} has an extension already; it can have one`);
    const setup = element && moduleIn(files, element, manifest, `${at}/element`);
    const login = loginElement && moduleIn(files, loginElement, manifest, `${at}/loginElement`);
    byProvider.set(provider, {
      ...(setup && { setupElement: `${name}/${setup}` }),
      ...(login && { loginElement: `${name}/${login}` }),
      ...(meta?.label !== undefined && { label: meta.label }),
    });
  }
  for (const [provider, extension] of byProvider) gathered.byProvider.set(provider, extension);
  for (const alias of aliases) gathered.aliases.add(alias);
  for (const [path, file] of files) gathered.files.set(`${name}/${path}`, file);
  gathered.packages.set(name, {
    name,
    state: 'in-use',
    problem: null,
    extensions: extensions.map(({ alias, forProviderName: provider, element, loginElement, meta }) => ({
      alias,
      provider,
      label: meta?.label ?? null,
      setupElement: element ?? null,
      loginElement: loginElement ?? null,
    })),
  });
}

function readPackage(name: string, home: URL, check: Check): Package {
  const manifest = new URL(manifestName, home);
  const { extensions } = readManifest(manifest, check);
  return { name, manifest, extensions, files: filesIn(home) };
}

/** The packages in a folder, by the names of theirs. A folder without a manifest is told: silence would look like success. */
function packagesIn(folder: URL): readonly { readonly name: string; check(): string }[] {
  if (existsSync(new URL(manifestName, folder)))
    throw wrong(
      new URL(manifestName, folder),
      'stands beside the packages; it belongs into a folder of its own',
    );
  const entries = entriesOf(folder).filter(
    (entry) => !entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
  );
  if (entries.length === 0) throw wrong(folder, `holds no package: <package>/${manifestName}`);
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({ name: entry.name, check: () => nameOf(entry, folder) }));
}

function nameOf(entry: Dirent, folder: URL): string {
  const home = new URL(`${encodeURIComponent(entry.name)}/`, folder);
  if (entry.isSymbolicLink()) throw wrong(home, 'is a symbolic link; name the folder that the package is in');
  if (!packageName.test(entry.name))
    throw wrong(home, 'a package has a name of 1 to 64 lower-case letters, digits and hyphens');
  if (!existsSync(new URL(manifestName, home))) throw wrong(home, `has no ${manifestName}`);
  return entry.name;
}

function readManifest(file: URL, check: Check): Manifest {
  if (!lstatSync(file).isFile()) throw wrong(file, 'is no file of its own, but a link');
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw wrong(file, `is not JSON: ${cause instanceof Error ? cause.message : 'it cannot be read'}`, cause);
  }
  const mismatch = check(manifest);
  if (mismatch) throw wrong(file, `${mismatch.pointer || 'the whole of it'} ${mismatch.why}`);
  return manifest as Manifest;
}

/** The module that a manifest names: one of the files of its own package, spelled as it is. */
function moduleIn(files: ReadonlyMap<string, URL>, element: string, manifest: URL, pointer: string): string {
  const path = element.replace(/^\.\//, '');
  if (files.has(path)) return path;
  const there = existsSync(new URL(path, manifest));
  const why = there ? 'is no file of this package itself, but a link or hidden' : 'is not there';
  throw wrong(manifest, `${pointer} ${element} ${why}`);
}

/** The files of a package that are served, by path. Links are not followed: they could lead out of it. */
function filesIn(home: URL): ReadonlyMap<string, URL> {
  const files = new Map<string, URL>();
  const walk = (folder: URL, path: string, depth: number): void => {
    for (const entry of entriesOf(folder)) {
      if (!fileName.test(entry.name) || entry.name === 'node_modules') continue;
      if (entry.isDirectory() && depth < deepest)
        walk(new URL(`${entry.name}/`, folder), `${path}${entry.name}/`, depth + 1);
      const served = entry.isFile() && servedName.test(entry.name) && path + entry.name !== manifestName;
      if (served) files.set(path + entry.name, new URL(entry.name, folder));
      if (files.size > most) throw wrong(home, `has more than ${most} files that would be served`);
    }
  };
  walk(home, '', 1);
  return files;
}

function entriesOf(folder: URL): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw wrong(folder, 'is no folder that can be read', cause);
  }
}

function wrong(file: URL, what: string, cause?: unknown): CofactorError {
  const message = `extensions: ${fileURLToPath(file)}: ${what.replace(/\.$/, '')}.`;
  return new CofactorError('ERR_CONFIG_EXTENSIONS', message, cause === undefined ? {} : { cause });
}
