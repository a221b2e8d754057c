import type { Visitor } from 'cofactor/http';

export async function homePage(visitor: Visitor): Promise<string> {
  const body = visitor.user
    ? `<h1>Hello, ${escape(visitor.user.identifier)}</h1>
       <p>At this sign-in you proved: <code>${visitor.assurance?.amr.map(escape).join(', ') ?? ''}</code>
       (level <code>${escape(visitor.assurance?.acr ?? '')}</code>).</p>
       <p>Everybody who is signed in sees this page. The pages of the administrator need a second factor.</p>`
    : `<h1>Acme</h1>
       <p>Sign in to see more. The pages of the administrator need a second factor.</p>
       <p><a class="button" href="/auth/sign-in?return_to=/">Sign in</a> <a href="/auth/register?return_to=/">Create an account</a></p>`;
  return layout('Home', visitor, body);
}

export async function adminPage(visitor: Visitor): Promise<string> {
  return layout('Admin', visitor, '<h1>Admin</h1><p>Only who has proved a second factor sees this.</p>');
}

/** The menu asks the same policy as the guard, so that it never promises what the guard refuses. */
async function menu(visitor: Visitor): Promise<string> {
  if (!visitor.user) return '<a href="/auth/sign-in?return_to=/">Sign in</a>';
  const admin = (await visitor.allows('TwoFactorEnabled'))
    ? '<a href="/admin">Admin</a>'
    : `<a href="/admin" aria-describedby="why" title="${notEnabled}">Admin (Not Enabled)</a>
       <span id="why" role="tooltip">${notEnabled}</span>`;
  return `${admin}<a href="/auth/security">Security</a>`;
}

const notEnabled =
  'Two-step verification was not used at this sign-in, and Admin needs it. Open Admin to set it up, or to confirm with a code.';

async function layout(title: string, visitor: Visitor, body: string): Promise<string> {
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
<header><a class="brand" href="/">Acme</a><nav aria-label="Main">${await menu(visitor)}</nav></header>
<main>${body}</main>
</body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const styles = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e8ecf2); --paper: light-dark(#f6f7f9, #12161c);
  --card: light-dark(#fff, #1b212a); --line: light-dark(#d6dbe3, #35404e); --accent: light-dark(#0b5f55, #6fd3c3);
  --on-accent: light-dark(#fff, #0c1f1c); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; justify-content: space-between;
  padding: 8px 24px; background: var(--card); border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: 0 16px; position: relative; }
a { color: var(--accent); }
nav a, .brand { display: inline-flex; align-items: center; min-height: 44px; text-decoration: none; }
.brand { font-weight: 600; color: inherit; }
nav a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
[role="tooltip"] { display: none; position: absolute; inset-block-start: 100%; inset-inline-end: 0; z-index: 1;
  width: min(320px, 90vw); padding: 12px 16px; font-size: 14px; background: var(--card); color: var(--ink);
  border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 24px rgb(0 0 0 / .16); }
a:hover + [role="tooltip"], a:focus-visible + [role="tooltip"] { display: block; }
main { max-width: 720px; margin: 48px auto; padding: 0 24px; }
h1, p { overflow-wrap: anywhere; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 12px; }
code { padding: 2px 6px; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.button { display: inline-flex; align-items: center; min-height: 44px; padding: 0 20px; margin-inline-end: 16px;
  border-radius: 8px; background: var(--accent); color: var(--on-accent); text-decoration: none; font-weight: 600; }
`;
