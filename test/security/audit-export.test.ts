import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, freshSqliteDatabase, type TestApp, type TestDatabase } from '../support/app.ts';

/** What somebody types into a form, sends as a user agent, or writes into the database. */
const nasty: readonly string[] = [
  `=cmd|' /C calc'!A0`,
  '=HYPERLINK("https://evil.example","click")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  'one\r\ntwo,"three"',
  '"; =1+1; "',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31m',
  '\u0000',
  '\u007f\b\b\b',
  'a\u202eb\u2066c',
  'a\u2028b\u2029c',
  '\ufeff=1+1',
];

describe('A-195 the record as a file', () => {
  let database: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    database = await freshSqliteDatabase();
    app = await createApp(database.open());
    const { store, audit } = app.auth.engine;
    for (const text of nasty) {
      await store.appendAudit('users', audit.entry('signed-in', text, { text, [text]: [text] }));
      // Nothing of ours writes a type like that; whoever writes to the database does.
      await store.appendAudit('users', audit.entry(text as 'signed-in', null, {}));
    }
    await database.query(
      `insert into audit (realm, seq, at, type, user_id, data, mac)
       values ('users', 1000, 0, 'signed-in', null, 'no json =1+1', '=1+1')`,
    );
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });
  const textOf = async (format: 'csv' | 'jsonl'): Promise<string> => {
    const pieces: string[] = [];
    for await (const piece of app.auth.audit.export({ format })) pieces.push(piece);
    return pieces.join('');
  };
  const active =
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

  it('has nothing that a terminal acts on, and each line of JSON is what it was', async () => {
    const text = await textOf('jsonl');
    expect(text).not.toMatch(active);
    expect(text).not.toContain('\r');
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { user: string | null; data: Record<string, unknown> });
    expect(entries).toHaveLength(nasty.length * 2 + 1);
    const own = entries.filter(({ user }) => user !== null).toReversed();
    expect(own.map(({ user, data }) => [user, data['text']])).toEqual(nasty.map((one) => [one, one]));
    expect(entries[0]?.data).toEqual({ unreadable: 'no json =1+1' });
  });

  it('has no field that a spreadsheet calculates, and each line of CSV is one row of six fields', async () => {
    const text = await textOf('csv');
    expect(text).not.toMatch(active);
    const rows = parsed(text);
    expect(rows).toHaveLength(nasty.length * 2 + 2);
    for (const row of rows) {
      expect(row).toHaveLength(6);
      for (const field of row) expect(field).not.toMatch(/^\s*[=+\-@\t\r\n＝＋－＠]/);
    }
    // As text, with what it was still to be read.
    expect(rows.flat()).toContain(`'=cmd|' /C calc'!A0`);
    expect(rows.flat()).toContain('one\\u000d\\u000atwo,"three"');
  });
});

/** RFC 4180, by the letter. */
function parsed(text: string): readonly string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /"((?:[^"]|"")*)"(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const [, value, end] = field.exec(text) ?? expect.fail(`no field at ${at}: ${text.slice(at, at + 40)}`);
    row.push((value ?? '').replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
