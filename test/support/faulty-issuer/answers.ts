import type { IncomingMessage, ServerResponse } from 'node:http';

const decline = '<form method="post"><button name="no" id="no">Not now</button></form>';
export const forms = {
  first: `<form method="post"><input name="name"><button id="yes">Sign in</button></form>${decline}`,
  second: `<form method="post"><input name="code" autocomplete="one-time-code"><button id="yes">Confirm</button></form>${decline}`,
} as const;

export function words(response: ServerResponse, status: number, title: string, body = ''): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><title>${title}</title>${body}`);
}

export function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location }).end();
}

export function cookie({ headers }: IncomingMessage, name: string): string | undefined {
  return new RegExp(`(?:^|; )${name}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
}

export async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** The id and secret of `Authorization: Basic` (RFC 6749, 2.3.1). */
export function basic({ headers }: IncomingMessage): readonly string[] {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const parts = Buffer.from(encoded, 'base64').toString().split(':');
  return parts.map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
}
