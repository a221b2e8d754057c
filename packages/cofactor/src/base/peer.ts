import { CofactorError } from './errors.ts';

/**
 * Makes the loader of an optional package: it is imported when first needed, so that the start stays fast and
 * who does not use it need not install it. A package that is missing is named, with the command that brings it.
 *
 * @example
 * const argon2 = peer('@node-rs/argon2', 'cofactor/password', () => import('@node-rs/argon2'));
 * const { hash } = await argon2();
 *
 * @throws {CofactorError} `ERR_PEER_MISSING`, from the loader.
 */
export function peer<Module>(
  name: string,
  neededBy: string,
  load: () => Promise<Module>,
): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw isMissing(error, name) ? missing(name, neededBy, error) : error;
    });
    return loading;
  };
}

/**
 * Says at once that a package is missing which is needed later on.
 *
 * @throws {CofactorError} `ERR_PEER_MISSING`.
 */
export function assertPeer(name: string, neededBy: string): void {
  try {
    import.meta.resolve(name);
  } catch (error) {
    if (isMissing(error, name)) throw missing(name, neededBy, error);
  }
}

function missing(name: string, neededBy: string, cause: unknown): CofactorError {
  return new CofactorError('ERR_PEER_MISSING', `${neededBy} needs the package ${name}: npm install ${name}`, {
    cause,
  });
}

/** A package that is there but lacks one of its own dependencies is broken, not missing: that error is kept. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes(`'${name}'`)
  );
}
