/**
 * What people chose themselves (names, user agents) may hold what moves the cursor, rewrites a line that was printed, or
 * turns the direction of text: in a terminal it must be nothing but letters.
 */
const dangerous =
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const visible = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One line of harmless text. */
export function clean(text: string): string {
  return text.toWellFormed().replace(dangerous, visible);
}

/** The same for text of several lines that we wrote ourselves. */
export function cleanLines(text: string): string {
  return text.split('\n').map(clean).join('\n');
}

/** One document that is JSON, and that a terminal can show. What is escaped reads back as what it was. */
export function jsonText(value: unknown, indent?: number): string {
  // Line feeds are ours: those in texts are escaped by JSON already.
  return (JSON.stringify(value, null, indent) ?? 'null')
    .split('\n')
    .map((line) => line.replace(dangerous, visible))
    .join('\n');
}

/** Columns under headings, two spaces apart. Numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => clean(String(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...cells.map((row) => width(row[column] ?? ''))),
  );
  const toTheRight = headings.map(
    (_heading, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const room = ' '.repeat((widths[column] ?? 0) - width(cell));
        return toTheRight[column] ? room + cell : cell + room;
      })
      .join('  ')
      .trimEnd();
  return [line(headings), ...cells.map(line)].join('\n');
}

/** Names and values, one a line. */
export function fields(values: readonly (readonly [name: string, value: string | number])[]): string {
  const widest = Math.max(...values.map(([name]) => width(name)));
  return values
    .map(([name, value]) => `${name}${' '.repeat(widest - width(name))}  ${clean(String(value))}`.trimEnd())
    .join('\n');
}

/** Words in lines of at most this many columns. */
export function wrapped(text: string, columns: number): string {
  let line = '';
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const segmenter = new Intl.Segmenter();

/** Columns of a terminal: one for each letter as it is seen, two for those of East Asia and for pictures. */
function width(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) {
    columns +=
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\uff01-\uff60]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return columns;
}
