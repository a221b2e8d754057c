/**
 * Words of the code as prose of a page: outside of code, angle brackets would be taken for tags, asterisks for emphasis,
 * and addresses for links.
 */
export function prose(text: string): string {
  return text
    .replaceAll(/<|\*/g, (found) => (found === '<' ? '&lt;' : '\\*'))
    .replaceAll(/\b[a-z]+:\/\/[^\s,]*[^\s,.]/g, '`$&`')
    .replaceAll(/(?<![\w-])--[a-z][a-z-]*/g, '`$&`');
}
