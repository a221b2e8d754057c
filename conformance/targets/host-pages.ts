import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, Provider } from 'oidc-provider';
import type { Pages } from '../config.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const path = '/host/';
const cookie = 'host-session';

/**
 * An application around oidc-provider with a sign-in page and sessions of its own. Who is signed in there is passed on
 * without a page, with the time of that sign-in: what looks right, and is not where something has to be proved anew.
 */
export function hostPages(): {
  readonly pages: Pages;
  readonly interactionUrl: NonNullable<NonNullable<Configuration['interactions']>['url']>;
  readonly answer: (provider: Provider) => Answer;
} {
  const sessions = new Map<string, { readonly accountId: string; readonly ts: number }>();

  async function interaction(provider: Provider, request: IncomingMessage, response: ServerResponse) {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'consent') {
      const grant = new provider.Grant({
        accountId: session?.accountId ?? '',
        clientId: String(params['client_id']),
      });
      grant.addOIDCScope(String(params['scope']));
      const consent = { grantId: await grant.save() };
      await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
      return;
    }
    const known = sessions.get(cookieOf(request));
    if (known) {
      await provider.interactionFinished(request, response, { login: known });
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><title>Sign in</title><form method="post">
        <input name="name"><button>Sign in</button></form>`);
      return;
    }
    const id = crypto.randomUUID();
    const accountId = new URLSearchParams(await bodyOf(request)).get('name') ?? '';
    const login = { accountId, ts: Math.floor(Date.now() / 1000) };
    sessions.set(id, login);
    response.setHeader('set-cookie', `${cookie}=${id}; Path=${path}; HttpOnly`);
    await provider.interactionFinished(request, response, { login });
  }

  return {
    pages: {
      firstFactor: [
        {
          when: 'input[name=name]',
          steps: [{ fill: 'input[name=name]', value: '{name}' }, { click: 'button' }],
        },
      ],
    },
    interactionUrl: (_ctx, { uid }) => `${path}${uid}`,
    answer(provider) {
      const others = provider.callback();
      return async (request, response) => {
        if (!request.url?.startsWith(path)) return others(request, response);
        try {
          await interaction(provider, request, response);
        } catch (error) {
          response.statusCode = 400;
          response.end(error instanceof Error ? error.name : 'error');
        }
      };
    },
  };
}

function cookieOf({ headers }: IncomingMessage): string {
  return new RegExp(`${cookie}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1] ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
