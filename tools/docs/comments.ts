/** What a doc comment says, as parts of a page. */
export interface Prose {
  readonly text: string;
  readonly example: string;
  readonly throws: readonly string[];
}

/** Splits the inside of a doc comment into its text, its example and what it says is thrown. */
export function proseOf(comment: string): Prose {
  const plain = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n');
  const [text = '', ...tags] = plain.split(/^\s*@(?=(?:example|throws)\b)/m);
  const of = (tag: string): string[] =>
    tags.filter((one) => one.startsWith(tag)).map((one) => one.slice(tag.length));
  return {
    text: asMarkdown(text.trim()),
    example: of('example')
      .map((one) => one.replace(/^```\w*\n|^```$/gm, '').trim())
      .join('\n\n'),
    throws: of('throws').map((one) => asMarkdown(oneLine(one).replace(/^\{(\w+)\}\s*/, '`$1`: '))),
  };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Outside of code, angle brackets and braces in pairs would be taken for tags and for expressions. */
function asMarkdown(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '{ {')))
    .join('');
}
