import type { Visitor } from 'cofactor/oidc-client';
import { html } from '../parts/html.ts';
import { home, nameOf, page, type Application } from '../parts/page.ts';

const payroll: Application = { name: 'Payroll', links: [{ href: '/payslips', text: 'Payslips' }] };

export function homePage(visitor: Visitor): Promise<string> {
  return home(payroll, visitor, {
    lead: html`Asks Acme for nothing special, and still opens its pages only to people who used a second
    factor.`,
    open: 'You used a second factor, so everything here is open to you.',
    shut: 'You used no second factor, so nothing but this page is open to you.',
  });
}

export function adminPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Admin</h1>
    <p>Only who signed in with a second factor sees this, and not with a code by text message.</p>`;
  return page(payroll, visitor, 'Admin', body);
}

export function payslipsPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>Payslips</h1>
    <ul>
      <li><a href="/payslips/october">October</a></li>
    </ul>`;
  return page(payroll, visitor, 'Payslips', body);
}

export function octoberPage(visitor: Visitor): Promise<string> {
  const body = html`<h1>October</h1>
    <p>The payslip of ${nameOf(visitor)}. <a href="/payslips">All payslips</a></p>`;
  return page(payroll, visitor, 'October', body);
}
