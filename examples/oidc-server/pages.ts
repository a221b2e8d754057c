/** The one page of a client: who is signed in and how, or the way to it. */
export function page(
  name: string,
  claims: Readonly<Record<string, unknown>> | null,
  problem: string | null = null,
): string {
  const rows = Object.entries(claims ?? {}).map(
    ([claim, value]) => `<tr><th>${escape(claim)}</th><td>${escape(JSON.stringify(value))}</td></tr>`,
  );
  const links = claims
    ? `<a href="/sign-in?acr=mfa">Ask for a second factor</a> <a href="/sign-out">Sign out</a>`
    : `<a href="/sign-in">Sign in</a> <a href="/sign-in?acr=mfa">Sign in with a second factor</a>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escape(name)}</title>
<style>
html { background: #fff; color: #1a1a1a; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 16px; }
a { display: inline-block; padding: 10px 12px 10px 0; color: #1d4ed8; }
@media (prefers-color-scheme: dark) { html { background: #16181d; color: #e6e6e6; } a { color: #9dbcff; } }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: 4px 8px 4px 0; overflow-wrap: anywhere; }
th { width: 9rem; font-weight: 600; }
</style>
<main><h1>${escape(name)}</h1>
${problem === null ? '' : `<p role="alert">You were not let in: ${escape(problem)}</p>`}
${claims ? `<p>You are signed in. This is what ${escape(name)} was told:</p><table>${rows.join('')}</table>` : '<p>Nobody is signed in.</p>'}
<p>${links}</p></main>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
