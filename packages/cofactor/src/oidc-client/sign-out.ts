import { isForeignChange } from '../web/foreign.ts';
import { wantsPage, type HttpRequest, type HttpResponse } from '../web/message.ts';
import { problem } from './problem.ts';
import type { Context } from './context.ts';
import { pages } from './pages.ts';
import { withCookies } from './sign-in.ts';

/** Signs out here, and leads to the issuer so that the sign-in there ends as well (RP-Initiated Logout 1.0). */
export async function signOut(context: Context, request: HttpRequest): Promise<HttpResponse> {
  const { config, sessions } = context;
  if (isForeignChange(config.origin, request)) return problem('csrf');
  const session = await sessions.read(request);
  const cookies = await sessions.end(session, request);
  const here = `${config.base}/signed-out`;
  let location = here;
  if (session) {
    const state = Buffer.from(config.random.bytes(16)).toString('base64url');
    try {
      const { conversation } = session.party;
      const returnTo = `${config.origin.origin}${here}`;
      const idToken = session.data.idToken ?? undefined;
      location = (await conversation.endSessionUrl({ idToken, returnTo, state }, config.clock.now())) ?? here;
    } catch {
      // Signed out here in any case; the issuer cannot be asked.
      config.log.warn({ issuer: session.party.name }, 'signed out here only: the issuer is away');
    }
  }
  if (location !== here && wantsPage(request)) {
    return withCookies(pages.leaving(context, request, location, 'sign-out'), cookies);
  }
  return { status: 303, headers: { location, 'set-cookie': cookies }, body: null };
}
