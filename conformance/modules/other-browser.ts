import { fail, type Module } from '../check.ts';

export const otherBrowser: Module = {
  name: 'other-browser',
  checks: 'a sign-in that began in one browser is not finished in another',
  spec: 'RFC 9700 4.7, 4.15; OpenID Connect Core 3.1.2.3',
  guards: ['I-02', 'A-133'],
  async run(check) {
    const one = await check.person();
    const begun = await check.authorize(one, {}, { leave: 'first' });
    if (begun.kind !== 'left') fail(`nobody was signed in, and no page was shown: ${begun.kind}`);
    const other = await check.person();
    const { callback, end } = await other.visit(begun.url, { leave: 'secondFactor' });
    check.seen.push(`the page, opened in another browser: ${callback ? 'back to the client' : end}`);
    if (callback?.searchParams.has('code')) fail('the other browser came back with a code for the first one');
  },
};
