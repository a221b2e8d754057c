/**
 * What `npm start` starts: a sign-in server and three applications that sign their people in there, and the ready-made
 * server with its back office; each a process of its own as it would be elsewhere. `PORT` is that of the first; the others
 * are on the four ports after it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const first = Number(process.env['PORT'] ?? 3000);
const at = (after: number): string => `http://localhost:${first + after}`;
const programs = [
  { name: 'Acme', script: 'oidc-server/server.ts', port: first },
  { name: 'Orders', script: 'oidc-acr-values/server.ts', port: first + 1 },
  { name: 'Payroll', script: 'oidc-require-mfa/server.ts', port: first + 2 },
  { name: 'Stock', script: 'express/server.ts', port: first + 3 },
  { name: 'Cofactor', script: '../packages/server/bin/cofactor.js', port: first + 4 },
] as const;
type Program = (typeof programs)[number];

const data = process.env['DATA'] ?? fileURLToPath(new URL('.data', import.meta.url));
/** The ready-made server is told by the environment, as anywhere; by what is said here and by nothing else. */
const settings = {
  COFACTOR_ORIGIN: at(4),
  COFACTOR_PORT: String(first + 4),
  COFACTOR_DATA: join(data, 'server'),
  COFACTOR_METRICS_PORT: '0',
  COFACTOR_REGISTRATION: 'true',
};
const others = Object.entries(process.env).filter(([name]) => !name.startsWith('COFACTOR_'));

const running = new Map<ChildProcess, Program>();
let stopping = false;

/** Stops what runs, and waits for it. */
function stop(code: number): void {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of running.keys()) child.kill('SIGTERM');
  // One that does not end by itself must not hold on to its port.
  setTimeout(() => [...running.keys()].forEach((child) => child.kill('SIGKILL')), 5000).unref();
}

function complain(...lines: readonly string[]): void {
  console.error(lines.join('\n'));
  stop(1);
}

/** Whether nobody listens there, on either of the addresses that `localhost` has. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer();
    const code = await new Promise<string | undefined>((resolve) => {
      probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      probe.listen({ port, host }, () => probe.close(() => resolve(undefined)));
    });
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
  }
  return true;
}

/** Starts one, and resolves when it listens, with what it said until then. What it writes afterwards is shown with its name. */
function start(program: Program): Promise<string> {
  const script = fileURLToPath(new URL(program.script, import.meta.url));
  const isReadyMade = program.name === 'Cofactor';
  const child = spawn(process.execPath, isReadyMade ? [script, 'serve'] : [script], {
    env: isReadyMade
      ? { ...Object.fromEntries(others), ...settings }
      : { ...process.env, PORT: String(program.port), ACME: at(0) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.set(child, program);
  child.once('exit', (code, signal) => {
    running.delete(child);
    if (!stopping)
      complain(`${program.name} ended (${signal ?? `exit code ${code}`}). The others are stopped too.`);
  });
  return new Promise((resolve) => {
    const said: string[] = [];
    createInterface(child.stdout).on('line', (line) => {
      const { level, message } = logged(line);
      if (message.startsWith('listening on ')) resolve(said.join('\n'));
      else if (level === null && isReadyMade) said.push(line);
      else if (level === null || level >= 40) console.log(`${program.name}: ${line}`);
    });
  });
}

/** What a line says, and how grave it is where it is one of a log in JSON. */
function logged(line: string): { readonly level: number | null; readonly message: string } {
  if (!line.startsWith('{')) return { level: null, message: line };
  const { level, msg } = JSON.parse(line) as { readonly level: number; readonly msg: string };
  return { level, message: msg };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(0));

if (!(Number.isInteger(first) && first > 0 && first + 4 < 65_536)) {
  complain(`PORT takes a whole number from 1 to 65531, and not ${process.env['PORT']}.`);
} else {
  const taken: string[] = [];
  for (const { name, port } of programs) if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length > 0) {
    complain(
      `Something else already listens on port ${taken.join(', ')}, or this user may not listen there.`,
      'Stop it, or choose the first of five ports: PORT=4000 npm start',
    );
  } else {
    const said = (await Promise.all(programs.map(start))).join('');
    console.log(`listening on ${at(0)}

  Acme     ${at(0)}  where people sign in: passwords, authenticator apps, passkeys
  Orders   ${at(1)}  asks for a second factor with every sign-in (acr_values=mfa)
  Payroll  ${at(2)}  asks for nothing, and opens its pages to nobody without one
  Stock    ${at(3)}  asks once a page needs one; on Express
  Cofactor ${at(4)}  the ready-made server (cofactor serve), with a back office at /admin
${said === '' ? '' : `${said.trimEnd()}\n`}
Try this:
  1. Payroll: sign in and create an account. It was told amr "pwd", and the menu says "Admin (Not Enabled)".
  2. Open Admin there: access is denied. Set up an authenticator app by the link, then sign in again with its code.
  3. Orders: Acme asks for the code before it lets you in. With a new account it asks you to set one up.
  4. Stock: it belongs to somebody else, so it asks for your consent; take that back at ${at(0)}/oidc/applications.
  5. Sign out of Stock and of Acme with it: Orders and Payroll have signed you out as well.
  6. Payments in Orders opens for five minutes after a code. Later it leads to Acme for a new one, and back.
  7. Cofactor: open the link above and create the owner; the back office asks for a second factor, then opens.
  8. There, create somebody else, require a second factor of everybody, and sign in as them in another browser.

Stop with Ctrl-C. Then there are, on ${at(0)}:
  npm start -w example-admin-pages   one application with accounts of its own
  npm start -w example-members-site  pages of a site's own, without JavaScript
  npm start -w example-providers     factors of your own`);
  }
}
