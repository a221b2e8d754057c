import type { Visitor } from 'cofactor/oidc-client';
import { html } from '../parts/html.ts';
import { home, page, type Application } from '../parts/page.ts';

const stock: Application = { name: 'Stock', links: [{ href: '/shelves', text: 'Shelves' }] };

export function homePage(visitor: Visitor): Promise<string> {
  return home(stock, visitor, {
    lead: html`Takes a password, and asks Acme for a second factor once somebody opens a page that needs one.`,
    open: 'You used a second factor, so everything here is open to you.',
    shut: 'You used no second factor. Open Admin or Shelves, and Acme is asked for one.',
  });
}

export function adminPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Admin</h1>
    <p>Only who signed in with a second factor sees this.</p>`;
  return page(stock, visitor, 'Admin', body);
}

export function shelvesPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Shelves</h1>
    <p>Only who showed a second factor in the last 15 minutes sees these.</p>
    <ul>
      <li><a href="/shelves/tulips">Tulips</a></li>
    </ul>`;
  return page(stock, visitor, 'Shelves', body);
}

export function tulipsPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Tulips</h1>
    <p>240 bulbs. <a href="/shelves">All shelves</a></p>`;
  return page(stock, visitor, 'Tulips', body);
}
