/** How one setting is read: from JSON of the file, or from the text of an environment variable. */
export interface Kind<T> {
  /** What it takes, to be said where it is given something else: `a number from 1 to 65535`. */
  readonly takes: string;
  /** The value, or `undefined` for what it does not take. Text comes from the environment. */
  read(given: unknown): T | undefined;
}

export function text(takes: string, fits: (value: string) => boolean): Kind<string> {
  return { takes, read: (given) => (typeof given === 'string' && fits(given) ? given : undefined) };
}

export function whole(from: number, to: number): Kind<number> {
  return {
    takes: `a whole number from ${from} to ${to}`,
    read(given) {
      const value = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
      return fits ? value : undefined;
    },
  };
}

export const flag: Kind<boolean> = {
  takes: 'true or false',
  read(given) {
    if (typeof given === 'boolean') return given;
    return given === 'true' ? true : given === 'false' ? false : undefined;
  },
};

export function oneOf<T extends string>(...values: readonly T[]): Kind<T> {
  return { takes: values.join(' or '), read: (given) => values.find((value) => value === given) };
}

/** A list of texts; in the environment with commas between them. */
export function list(takes: string, fits: (value: string) => boolean): Kind<readonly string[]> {
  return {
    takes,
    read(given) {
      const values: unknown =
        typeof given === 'string'
          ? given
              .split(',')
              .map((one) => one.trim())
              .filter((one) => one !== '')
          : given;
      if (!Array.isArray(values)) return undefined;
      const texts = values.filter((one): one is string => typeof one === 'string' && fits(one));
      return texts.length === values.length ? Object.freeze(texts) : undefined;
    },
  };
}

/** Objects, whose content somebody else checks and names; in the environment as JSON. */
export function objects<T extends object>(takes: string): Kind<readonly T[]> {
  return {
    takes,
    read(given) {
      const value = typeof given === 'string' ? parsed(given) : given;
      if (!Array.isArray(value)) return undefined;
      const fits = value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
      return fits ? (value as readonly T[]) : undefined;
    },
  };
}

/** An object by name, whose content somebody else checks; in the environment as JSON. */
export function record<T extends object>(takes: string): Kind<Readonly<Record<string, T>>> {
  return {
    takes,
    read(given) {
      const value = typeof given === 'string' ? parsed(given) : given;
      const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
      return fits ? (value as Readonly<Record<string, T>>) : undefined;
    },
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
