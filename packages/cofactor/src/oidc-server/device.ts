import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { deviceOf } from '../core/mail/device.ts';
import { secondsUntil } from '../core/ceremonies/outcome.ts';
import { sha256 } from '../core/ids.ts';
import { currentCall, type OidcCall } from './call.ts';
import { frameOf, send } from './koa.ts';
import {
  deviceAbortedPage,
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
  deviceWaitPage,
} from './device-pages.ts';
import type { HttpResponse } from '../http/index.ts';
import type { OidcConfig } from './options.ts';
import { errorPage, textsOf, type Frame } from './pages.ts';

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** The pages of signing in a device without a browser (RFC 8628). They are for who is signed in here already. */
export function deviceSources(
  engine: Engine,
  config: OidcConfig,
): Pick<DeviceFlow, 'deviceInfo' | 'userCodeInputSource' | 'userCodeConfirmSource' | 'successSource'> {
  const action = `${config.base}/device`;
  return {
    // Where it was asked from, for the person to compare (RFC 8628, 5.4).
    deviceInfo: (ctx) => ({ ip: currentCall().ip, userAgent: ctx.get('user-agent').slice(0, 256) }),
    userCodeInputSource(ctx, _form, _out, error) {
      const frame = frameOf(engine, config);
      const typed = ctx.oidc.params?.['user_code'];
      const code = typeof typed === 'string' ? typed.slice(0, 20) : '';
      const ask = (problem: string | null): HttpResponse =>
        deviceCodePage(frame, { action, xsrf: xsrfOf(ctx), code, problem });
      send(ctx, error ? pageAfter(error, ctx, frame, { action, ask }) : ask(null));
    },
    userCodeConfirmSource(ctx, _form, client, info, code) {
      const { ip, userAgent = '' } = info as { readonly ip?: string; readonly userAgent?: string };
      const { browser, system } = deviceOf(userAgent);
      send(
        ctx,
        deviceConfirmPage(frameOf(engine, config), {
          action,
          xsrf: xsrfOf(ctx),
          code,
          application: client.clientName ?? client.clientId,
          browser,
          system,
          ip,
          user: currentCall().session?.user.identifier ?? '',
        }),
      );
    },
    successSource(ctx) {
      send(ctx, deviceDonePage(frameOf(engine, config)));
    },
  };
}

function xsrfOf(ctx: KoaContextWithOIDC): string {
  const { state } = ctx.oidc.session as unknown as { readonly state?: { readonly secret?: string } };
  return state?.secret ?? '';
}

/** What is shown instead of what was to come: a code to enter again, or what became of the device. */
function pageAfter(
  error: Error,
  ctx: KoaContextWithOIDC,
  frame: Frame,
  { action, ask }: { readonly action: string; readonly ask: (problem: string) => HttpResponse },
): HttpResponse {
  const texts = textsOf(frame);
  switch (error.name) {
    case 'NotFoundError':
    case 'NoCodeError':
      return ask(texts.deviceWrong);
    case 'ExpiredError':
    case 'AlreadyUsedError':
      return ask(texts.deviceOver);
    case 'AbortedError':
      return deviceAbortedPage(frame, action);
  }
  if (ctx.status >= 500) return errorPage(frame, ctx.status, null, action);
  // Of a form that is older than the last one shown, or of a request that is over.
  if (ctx.oidc.entities.DeviceCode === undefined) return errorPage(frame, ctx.status, null, action);
  return deviceAbortedPage(frame, action);
}

/**
 * Takes a try at a device's code before it is looked at, as with any other code (I-13): counted for who is signed in and for
 * the network. The answer says how long to wait, or `null`.
 */
export async function reserveCodeTry(engine: Engine, call: OidcCall): Promise<number | null> {
  const { store, networks, config } = engine;
  const now = config.clock.now();
  const wait = networks.wait(call.ip, now);
  if (wait > 0) return wait;
  const key = bucketOf(engine, call);
  const reserved = await store.reserveFirstTry({ key, subject: key, known: true, subjectTries: 100, now });
  if (!reserved.allowed) return secondsUntil(reserved.until, now);
  return null;
}

/** Gives the try back for a code that was right; a wrong one counts for the network too. */
export async function settleCodeTry(engine: Engine, call: OidcCall, wasRight: boolean): Promise<void> {
  if (wasRight) await engine.store.releaseFirstTry(bucketOf(engine, call));
  else engine.networks.add(call.ip, engine.config.clock.now());
}

/** No secret, and it outlives every key: a rotation must not reset what was counted. */
function bucketOf({ realm }: Engine, { session }: OidcCall): string {
  return sha256(JSON.stringify(['device code', realm, session?.user.id ?? '']));
}

/** The page instead of an answer where there were too many tries. */
export function tooManyTries(frame: Frame, config: OidcConfig, seconds: number): HttpResponse {
  return deviceWaitPage(frame, `${config.base}/device`, seconds);
}
