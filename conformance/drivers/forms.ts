import { forAccount } from '../accounts.ts';
import type { Step } from '../config.ts';
import {
  pageKinds,
  PageError,
  pause,
  type Action,
  type Driver,
  type DriverOptions,
  type Place,
  takenAt,
  type Taken,
} from './driver.ts';
import { elementsOf, find, isToggle, requestOf, type PageElement } from './html.ts';
import { HttpBrowser, type Arrival } from './http.ts';

/** Answers pages that are plain forms, without a browser: quick, and enough for pages that need no scripts. */
export function formsDriver(options: DriverOptions): Driver {
  const { config, codes } = options;
  const browser = new HttpBrowser(options);
  let page: { readonly arrival: Arrival; readonly elements: readonly PageElement[] } | null = null;

  function place(arrival: Arrival): Place {
    const elements = elementsOf(arrival.text);
    page = { arrival, elements };
    const kind = pageKinds.find((one) => config.pages[one]?.some(({ when }) => find(elements, when)));
    const { callback, url, status, title } = arrival;
    return { callback, url, status, title, kind: kind ?? null };
  }

  /** Clicks and fields of one page; ends with the request that the last click makes. */
  async function run(
    steps: readonly Step[],
    { account, hold }: Action,
  ): Promise<{ readonly arrival: Arrival; readonly taken: Taken }> {
    if (!page) throw new PageError('no page is open');
    const { arrival, elements } = page;
    const typed = new Map<PageElement, string>();
    for (const step of steps.map((one) => forAccount(one, account))) {
      const selector = 'fill' in step ? step.fill : 'totp' in step ? step.totp : step.click;
      const element = find(elements, selector);
      if (!element) throw new PageError(`the page "${arrival.title}" (${arrival.url}) has no ${selector}`);
      if ('fill' in step) typed.set(element, step.value);
      else if ('totp' in step) typed.set(element, await codes.next(step.secret));
      else if (isToggle(element)) typed.set(element, element.attributes.get('value') ?? 'on');
      else {
        const { url, method, body } = requestOf(element, elements, typed, arrival.url);
        const type = {
          'content-type': 'application/x-www-form-urlencoded',
          origin: new URL(arrival.url).origin,
        };
        const began = Date.now();
        const response = await browser.send(url, body === null ? {} : { method, body, headers: type });
        const taken = takenAt(response.headers.get('date'), began);
        if (hold > 0) await pause(hold);
        return { arrival: await browser.follow(url, response), taken };
      }
    }
    throw new PageError(`the steps for "${arrival.title}" end without a click that leads on`);
  }

  return {
    open: async (url) => place(await browser.open(url)),
    async act(action) {
      const rule = config.pages[action.kind]?.find(({ when }) => find(page?.elements ?? [], when));
      const steps = action.how === 'prove' ? rule?.steps : rule?.decline;
      if (!steps)
        throw new PageError(`the configuration does not say how to ${action.how} the page ${action.kind}`);
      const { arrival, taken } = await run(steps, action);
      return { ...place(arrival), taken };
    },
    close: () => Promise.resolve(),
  };
}
