import { escapeHtml } from '../web/html.ts';
import { actions, oidcPage, textsOf, type Frame } from './pages.ts';

/**
 * oidc-provider hands some things over by a form that a script sends at once: an answer (`response_mode=form_post`), a code
 * from an address, a sign-out where nobody is signed in. Its page is white, English and nobody's; this is the same form on a
 * page of ours, which is all that somebody without JavaScript sees. `null` for any other page.
 *
 * The script stays as it is, to the letter: the policy of the page knows it by its hash.
 */
export function handOverPage(frame: Frame, body: string): string | null {
  if (!body.includes('<title>Submitting Callback</title>')) return null;
  const script = /<script>[^]*?<\/script>/.exec(body)?.[0];
  const form = /<form method="post" action="[^"]*">/.exec(body)?.[0];
  if (script === undefined || form === undefined) return null;
  const texts = textsOf(frame);
  const inputs = [...body.matchAll(/<input type="hidden" name="[^"]*" value="[^"]*"\/>/g)].map(
    ([input]) => input,
  );
  const button = `<noscript>${actions(`<button class="cf-button">${escapeHtml(texts.continue)}</button>`)}</noscript>`;
  const content = `${script}${form}${inputs.join('')}${button}</form>`;
  const { body: page } = oidcPage(frame, 200, texts.handOver, content);
  return typeof page === 'string' ? page : null;
}
