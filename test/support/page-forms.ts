import type { Answer, TestBrowser } from './browser.ts';
import { submit } from './forms.ts';

/** A form as it stands on a page. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The forms of a page that was made on the server. */
export function formsOf(html: string): readonly PageForm[] {
  return [...html.matchAll(/<form [^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = '', inner = '']) => ({
      action: plain(action),
      fields: Object.fromEntries(
        [...inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
          ([, name = '', value = '']) => [name, plain(value)],
        ),
      ),
    }),
  );
}

/** Sends a form as a browser without scripts does. */
export function submitForm(browser: TestBrowser, form: PageForm | undefined): Promise<Answer> {
  if (!form) throw new Error('there is no such form on the page');
  return submit(browser, form.action, form.fields);
}

function plain(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
