import { baseOf } from './addresses.ts';
import { Client } from './client.ts';
import { define } from './element.ts';
import { say } from './problems.ts';
import { useLanguage } from './texts.ts';

/**
 * `<cofactor-languages>`: the buttons to choose a language by. They are in the page as the server writes it, and
 * show when this script makes them work. The page is then loaded anew, since half of its words come from the server.
 */
class Languages extends HTMLElement {
  constructor() {
    super();
    this.addEventListener('click', ({ target }) => {
      const language = target instanceof HTMLButtonElement ? target.lang : '';
      if (language) void this.#choose(language);
    });
  }

  async #choose(language: string): Promise<void> {
    const client = new Client(baseOf(document));
    await client.context();
    const result = await client.send<void>('POST', '/language', { language });
    if (result.ok) {
      location.reload();
      return;
    }
    await useLanguage(document.documentElement.lang);
    const said = this.querySelector('p') ?? this.appendChild(document.createElement('p'));
    said.setAttribute('role', 'alert');
    said.textContent = say(result.problem);
  }
}

define('cofactor-languages', Languages);
