import type { Visitor } from 'cofactor/http';

export function homePage(visitor: Visitor): string {
  return layout(
    'Home',
    visitor.user
      ? `<h1>Hello, ${escape(visitor.user.identifier)}</h1>
         <p>At this sign-in you proved: <code>${proved(visitor)}</code></p>
         <ul>
           <li><a href="/auth/security">Security</a>: set up a hardware token, or let this browser approve</li>
           <li><a href="/account">Account</a>: needs a second factor of the last 15 minutes</li>
           <li><a href="/approvals">Approvals</a>: say yes to a sign-in on another device</li>
         </ul>`
      : `<h1>Acme</h1>
         <p>Two ways to sign in that no package of Cofactor has: a hardware token and an approval.</p>
         <p><a class="button" href="/auth/sign-in?return_to=/">Sign in</a> <a href="/auth/register?return_to=/">Create an account</a></p>`,
  );
}

export function accountPage(visitor: Visitor): string {
  return layout(
    'Account',
    `<h1>Account</h1><p>Only who has proved a second factor sees this. You proved: <code>${proved(visitor)}</code></p>
     <p><a href="/">Back</a></p>`,
  );
}

function proved({ assurance }: Visitor): string {
  return (assurance?.amr ?? []).map(escape).join(', ');
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Acme</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/styles.css">
</head>
<body>
<main>${body}</main>
</body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const styles = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e8ecf2); --paper: light-dark(#f6f7f9, #12161c);
  --accent: light-dark(#0b5f55, #6fd3c3); --on-accent: light-dark(#fff, #0c1f1c); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 720px; margin: 48px auto; padding: 0 24px; overflow-wrap: anywhere; }
a { color: var(--accent); display: inline-flex; align-items: center; min-height: 44px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.button { padding: 0 20px; margin-inline-end: 16px; border-radius: 8px; background: var(--accent);
  color: var(--on-accent); text-decoration: none; font-weight: 600; }
`;
