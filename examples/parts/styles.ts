/** The look of the applications: that of Cofactor's own pages, so that nothing jumps on the way to them and back. */
export const styles = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#17211f, #e6edeb);
  --soft: light-dark(#53615d, #a5b3af);
  --paper: light-dark(#f1f4f3, #0d1312);
  --card: light-dark(#fff, #161e1c);
  --line: light-dark(#dde4e2, #2b3633);
  --accent: light-dark(#0b6259, #6fd3c3);
  --on-accent: light-dark(#fff, #04211d);
  --tint: light-dark(#e6f2f0, #17302c);
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header { display: flex; flex-wrap: wrap; gap: 0 24px; align-items: center; justify-content: space-between;
  padding: 8px 24px; background: var(--card); border-block-end: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: 0 20px; align-items: center; position: relative; }
a { color: var(--accent); text-underline-offset: 3px; }
nav a, .brand { display: inline-flex; align-items: center; min-height: 44px; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.brand { gap: 12px; font-size: 18px; font-weight: 650; color: inherit; text-decoration: none; }
.mark { display: grid; place-items: center; width: 28px; height: 28px; border-radius: 8px; font-size: 15px;
  color: var(--on-accent); background: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.explained { position: relative; }
[role="tooltip"] { display: none; position: absolute; inset-block-start: calc(100% + 8px); inset-inline-end: 0; z-index: 1;
  width: 320px; padding: 12px 16px; font-size: 14px; line-height: 1.5; background: var(--card);
  border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 24px rgb(0 0 0 / .16); }
/* The way from the link to it does not lead off it. */
[role="tooltip"]::before { content: ""; position: absolute; inset: -9px 0 auto; height: 9px; }
.explained:hover [role="tooltip"], .explained:focus-within [role="tooltip"] { display: block; }
main { max-width: 640px; margin: 0 auto; padding: 40px 24px 64px; overflow-wrap: anywhere; }
h1 { margin: 0 0 8px; font-size: 28px; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 0 0 12px; font-size: 17px; line-height: 1.4; }
p { margin: 8px 0; }
.lead { margin-block-end: 24px; font-size: 18px; color: var(--soft); }
.card { margin-block: 24px; padding: 20px 24px; background: var(--card); border: 1px solid var(--line);
  border-radius: 16px; }
dl { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: 8px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
time { color: var(--soft); white-space: nowrap; }
code { padding: 2px 8px; font: 14px/1.6 ui-monospace, monospace; background: var(--tint); border-radius: 6px; }
button, .button { display: inline-flex; align-items: center; min-height: 44px; padding: 8px 20px; font: inherit;
  font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 10px;
  text-decoration: none; cursor: pointer; }
.button:hover { filter: brightness(1.08); }
button.plain { padding: 0; font-weight: inherit; color: var(--accent); background: none; }
button.plain:hover { text-decoration: underline; text-underline-offset: 3px; }
@media (max-width: 480px) {
  header { padding-inline: 16px; }
  .explained { position: static; }
  [role="tooltip"] { width: 100%; }
  main { padding: 24px 16px 48px; }
  .card { padding: 16px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-block-end: 12px; }
  h1 { font-size: 25px; }
}
`;
