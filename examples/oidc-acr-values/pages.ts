import type { Visitor } from 'cofactor/oidc-client';
import { html } from '../parts/html.ts';
import { home, page, told, type Application } from '../parts/page.ts';

const orders: Application = { name: 'Orders', links: [{ href: '/payments', text: 'Payments' }] };

export function homePage(visitor: Visitor): Promise<string> {
  return home(orders, visitor, {
    lead: html`Asks Acme for a second factor whenever somebody signs in: <code>acr_values=mfa</code>`,
    open: 'You used a second factor, so Admin is open to you.',
    shut: 'Orders asked for a second factor, and you went on without one: Admin is not open to you.',
  });
}

export function adminPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Admin</h1>
    <p>Only who signed in with a second factor sees this.</p>`;
  return page(orders, visitor, 'Admin', body);
}

export function paymentsPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Payments</h1>
    <p>Only who showed a second factor in the last five minutes sees this.</p>
    ${told(visitor)}`;
  return page(orders, visitor, 'Payments', body);
}
