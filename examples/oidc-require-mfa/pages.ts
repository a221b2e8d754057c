import type { Visitor } from 'cofactor/oidc-client';
import { html } from '../parts/html.ts';
import { nameOf, page, told, type Application } from '../parts/page.ts';

const payroll: Application = { name: 'Payroll', links: [{ href: '/payslips', text: 'Payslips' }] };

export async function homePage(visitor: Visitor): Promise<string> {
  const body = visitor.user
    ? html`<h1>Hello, ${nameOf(visitor)}</h1>
        ${told(visitor)}
        <p>
          ${
            (await visitor.allows('Admin'))
              ? 'You used a second factor, so everything here is open to you.'
              : 'You used no second factor, so nothing but this page is open to you.'
          }
        </p>`
    : html`<h1>Payroll</h1>
        <p class="lead">
          Asks Acme for nothing special, and still opens its pages only to people who used a second factor.
        </p>
        <p><a class="button" href="/auth/sign-in?return_to=/">Sign in with Acme</a></p>`;
  return page(payroll, visitor, 'Home', body);
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
