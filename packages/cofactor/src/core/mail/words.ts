/** Puts values into the braces of a text: `{name}` becomes what `name` is, on one line. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, key: string) => oneLine(values[key] ?? placeholder));
}

/** What came from outside as words on one line: nothing in it can begin another, or turn around what follows. */
export function oneLine(value: string, longest = 256): string {
  const line = value
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
