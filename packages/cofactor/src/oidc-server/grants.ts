import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Engine } from '../core/engine.ts';
import { claimsOfScopes } from './scopes.ts';

/**
 * What a client asks to have, as lines that a person can be asked about: `openid`, `email` and other scopes, `claim:name` for
 * a single claim, `https://api.example.com read` for a scope of an API.
 */
export function wishesOf(ctx: KoaContextWithOIDC): readonly string[] {
  const { oidc } = ctx;
  // A single claim is had by who may have its scope.
  const allowed = (claim: string): boolean =>
    (oidc.client?.scope ?? '').split(' ').some((scope) => claimsOfScopes[scope]?.includes(claim) === true);
  const claims = [...oidc.requestParamClaims].filter((claim) => !aboutTheSignIn.has(claim) && allowed(claim));
  const atResources = Object.entries(oidc.resourceServers ?? {}).flatMap(([address, { scopes }]) =>
    [...oidc.requestParamScopes].filter((scope) => scopes.has(scope)).map((scope) => `${address} ${scope}`),
  );
  return [...oidc.requestParamOIDCScopes, ...claims.map((claim) => `claim:${claim}`), ...atResources];
}

/** Nobody has to agree to these. */
const aboutTheSignIn = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

const lacks = new WeakMap<KoaContextWithOIDC, readonly string[]>();

/** What the person has not agreed to yet; known once the grant was loaded. Of a client of the house there is nothing. */
export function lackOf(ctx: KoaContextWithOIDC): readonly string[] {
  return lacks.get(ctx) ?? [];
}

/**
 * The grant of a client in this sign-in, made as soon as there is nothing that the person has not agreed to. `undefined`
 * where there is, so that they are asked.
 */
export async function loadGrant(ctx: KoaContextWithOIDC, engine: Engine): Promise<Grant | undefined> {
  const { oidc } = ctx;
  const { client, session, account, provider } = oidc;
  if (!client || !session || !account) return undefined;
  const wishes = wishesOf(ctx);
  const lack = isFirstParty(client)
    ? []
    : isAskedAgain(ctx)
      ? wishes
      : missing(wishes, await consentedBy(engine, account.accountId, client.clientId));
  lacks.set(ctx, lack);
  if (lack.length > 0) return undefined;

  const id = session.grantIdFor(client.clientId);
  const known = id === undefined ? undefined : await provider.Grant.find(id);
  if (known && missing(wishes, linesOf(known)).length === 0) return known;
  // Nothing is added to one that is there: written again, it would be back if it was taken back meanwhile, with all it gave.
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  for (const wish of wishes) {
    const [first = '', scope] = wish.split(' ');
    if (scope !== undefined) grant.addResourceScope(first, scope);
    else if (wish.startsWith('claim:')) grant.addOIDCClaims([wish.slice(6)]);
    else grant.addOIDCScope(wish);
  }
  await grant.save();
  return grant;
}

/** `prompt=consent`, and the person has not been asked since. */
function isAskedAgain(ctx: KoaContextWithOIDC): boolean {
  const { result } = ctx.oidc as { readonly result?: { readonly consent?: { readonly user?: string } } };
  return ctx.oidc.prompts.has('consent') && result?.consent?.user !== ctx.oidc.account?.accountId;
}

/** What a grant covers, in the same lines. */
function linesOf(grant: Grant): readonly string[] {
  const { resources = {} } = grant as { readonly resources?: Readonly<Record<string, string>> };
  return [
    ...grant.getOIDCScope().split(' '),
    ...grant.getOIDCClaims().map((claim) => `claim:${claim}`),
    ...Object.entries(resources).flatMap(([address, scopes]) =>
      scopes.split(' ').map((scope) => `${address} ${scope}`),
    ),
  ];
}

export function isFirstParty(client: object): boolean {
  return (client as { readonly first_party?: unknown }).first_party === true;
}

export function missing(wishes: readonly string[], granted: readonly string[]): readonly string[] {
  return wishes.filter((wish) => !granted.includes(wish));
}

/** The lines a person agreed to, for as long as they do not take it back. */
export async function consentedBy(
  engine: Engine,
  userId: string,
  clientId: string,
): Promise<readonly string[]> {
  const consent = await engine.store.oidc.consent(engine.realm, userId, clientId);
  return consent ? (JSON.parse(consent.data) as readonly string[]) : [];
}

/** Adds to what a person agreed to. */
export async function consent(
  engine: Engine,
  userId: string,
  clientId: string,
  lines: readonly string[],
): Promise<void> {
  const { store, realm, config } = engine;
  const before = await consentedBy(engine, userId, clientId);
  const now = config.clock.now();
  const data = JSON.stringify([...new Set([...before, ...lines])]);
  await store.oidc.putConsent(
    { realm, userId, clientId, data, createdAt: now, updatedAt: now },
    engine.audit.entry('consent-given', userId, { client: clientId, scope: lines.join(' ') }),
  );
}

/** Takes back all that a person let a client have: it is asked again, and what it holds is worth nothing. */
export async function withdraw(engine: Engine, userId: string, clientId: string): Promise<boolean> {
  const { store, realm } = engine;
  const audit = engine.audit.entry('consent-withdrawn', userId, { client: clientId });
  return store.oidc.withdrawConsent(realm, userId, clientId, audit);
}
