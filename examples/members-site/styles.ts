export const styles = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#20242b, #ebe9f2);
  --soft: light-dark(#565d69, #b3b1c0);
  --paper: light-dark(#f7f6fb, #15131c);
  --card: light-dark(#fff, #1f1c29);
  --line: light-dark(#dbd8e6, #3a3648);
  --accent: light-dark(#4c3a9c, #b9abff);
  --on-accent: light-dark(#fff, #1b1433);
  --bad: light-dark(#9c1c2c, #ffb1b6);
  --bad-paper: light-dark(#fdeef0, #3b1a20);
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; font: 16px/1.6 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
header, footer { display: flex; flex-wrap: wrap; gap: 0 24px; align-items: center; padding: 8px 24px; }
header { justify-content: space-between; background: var(--card); border-block-end: 1px solid var(--line); }
footer { margin-block-start: auto; font-size: 14px; border-block-start: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: 0 20px; align-items: center; }
a { color: var(--accent); text-underline-offset: 3px; }
nav a, footer a, .brand, .ways a { display: inline-flex; align-items: center; min-height: 44px; }
.brand { gap: 8px; font-size: 18px; font-weight: 650; color: inherit; text-decoration: none; }
.brand svg { fill: none; stroke: var(--accent); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
main { width: 100%; max-width: 760px; margin: 0 auto; padding: 40px 24px 64px; overflow-wrap: anywhere; }
h1 { margin: 0 0 12px; font-size: 30px; line-height: 1.2; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 32px 0 8px; font-size: 20px; line-height: 1.3; }
h3 { margin: 0; font-size: 17px; line-height: 1.4; }
p { margin: 8px 0; }
.lead { font-size: 19px; color: var(--soft); }
.hint { font-size: 14px; color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.card { max-width: 440px; margin: 0 auto; padding: 28px; background: var(--card); border: 1px solid var(--line);
  border-radius: 16px; box-shadow: 0 1px 2px rgb(20 10 60 / .05), 0 12px 32px rgb(20 10 60 / .06); }
.row { display: flex; flex-wrap: wrap; gap: 12px; margin-block-start: 24px; }
label { display: block; margin-block-start: 16px; font-weight: 600; }
input:not([type="checkbox"]) { width: 100%; min-height: 46px; margin-block-start: 4px; padding: 8px 12px; font: inherit;
  color: inherit; background: var(--paper); border: 1px solid light-dark(#827d96, #8c87a3); border-radius: 10px; }
input[aria-invalid] { border-color: var(--bad); border-width: 2px; }
.tick { display: flex; gap: 12px; align-items: center; min-height: 44px; }
.tick input { width: 22px; height: 22px; margin: 0; accent-color: var(--accent); }
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 46px; padding: 8px 20px;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; color: var(--on-accent);
  background: var(--accent); border: 1px solid var(--accent); border-radius: 10px; }
.card form > button { width: 100%; margin-block-start: 20px; }
button:hover, .button:hover { filter: brightness(1.08); }
.quiet { color: var(--accent); background: transparent; border-color: var(--line); }
button.plain, .card form > button.plain { width: auto; margin: 0; padding: 0; color: var(--accent); background: none;
  border-color: transparent; font-weight: inherit; text-decoration: underline; text-underline-offset: 3px; }
.danger { background: light-dark(#9c1c2c, #ff9aa2); border-color: transparent; color: light-dark(#fff, #33070c); }
.problem { padding: 12px 16px; color: var(--bad); background: var(--bad-paper); border-inline-start: 4px solid var(--bad);
  border-radius: 8px; }
.note { padding: 12px 16px; background: var(--card); border-inline-start: 4px solid var(--accent); border-radius: 8px; }
.list, .ways, .codes { margin: 16px 0; padding: 0; list-style: none; }
.item { padding: 20px; margin-block-end: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
.held { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; justify-content: space-between;
  margin-block-start: 12px; padding-block-start: 12px; border-block-start: 1px solid var(--line); }
.held .hint { display: block; }
.qr { display: block; max-width: 100%; height: auto; margin: 12px auto; border-radius: 8px; }
summary { min-height: 44px; padding-block: 10px; cursor: pointer; color: var(--accent); }
code { font: 15px/1.6 ui-monospace, monospace; }
.key code { font-size: 17px; letter-spacing: .04em; }
.codes { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; }
.codes code { font-size: 18px; white-space: nowrap; }
.table { overflow-x: auto; }
table { width: 100%; min-width: 560px; overflow-wrap: normal; border-collapse: collapse; background: var(--card); }
th, td { padding: 10px 14px; text-align: start; border: 1px solid var(--line); }
tbody th { font-weight: 600; }
@media (max-width: 480px) {
  header, footer { padding-inline: 16px; }
  main { padding: 24px 16px 48px; }
  .card { padding: 20px 16px; }
  h1 { font-size: 26px; }
}
`;
