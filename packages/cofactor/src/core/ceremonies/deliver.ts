import { sendMail } from '../account/mail.ts';
import { siteOf, type Engine } from '../engine.ts';
import { errorName } from '../../base/errors.ts';
import { sha256 } from '../ids.ts';
import { limits } from '../limits/limits.ts';
import type { Delivery, FactorProvider, SendContext } from '../provider.ts';
import type { UserRef } from '../store.ts';

/** How long an answer waits for whoever takes a code away, in milliseconds; then it counts as on its way. */
const patienceMs = 3_000;

/**
 * Announces that a second factor is asked for and has its code sent. A sender that fails is known to the person
 * only as "could not be sent"; one that is slow is not waited for. Neither changes the ceremony.
 */
export async function deliver(
  engine: Engine,
  asked: {
    readonly user: UserRef | { readonly id: string; readonly identifier: string };
    readonly provider: FactorProvider;
    readonly purpose: 'sign-in' | 'step-up' | 'enrolment';
    readonly delivery: Delivery | null;
    readonly expiresAt: Date;
    readonly language: string | undefined;
  },
): Promise<'sent' | 'failed'> {
  const { delivery, provider } = asked;
  const user = { id: asked.user.id, identifier: asked.user.identifier };
  const announced = engine.events.emitAndWait('two-factor-requested', {
    realm: engine.realm,
    user,
    provider: provider.name,
    address: delivery?.address ?? null,
    code: delivery?.code ?? null,
    purpose: asked.purpose,
    expiresAt: asked.expiresAt,
  });
  if (!delivery) return 'sent';

  const handed = (async (): Promise<'sent' | 'failed'> => {
    if (!provider.send) {
      const { handlers, failed } = await announced;
      return handlers > 0 && !failed ? 'sent' : 'failed';
    }
    const language = asked.language ?? 'en';
    const mail: SendContext['mail'] = (to, content) => sendMail(engine, to, language, content);
    try {
      const context = { realm: engine.realm, user, site: siteOf(engine), language, mail };
      await Promise.all([provider.send(context, delivery), announced]);
      return 'sent';
    } catch (error) {
      // Never the delivery itself: it holds the code (I-28).
      const details = { provider: provider.name, error: errorName(error) };
      engine.config.log.error(details, 'a code could not be sent');
      return 'failed';
    }
  })();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'sent'>((resolve) => {
    timer = setTimeout(() => resolve('sent'), patienceMs);
  });
  try {
    return await Promise.race([handed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether an address may get one more message this hour. Whoever has proved to own it (`proved`: it belongs to one of
 * their authenticators) has places that nobody else can take: naming a stranger's address must not keep its owner
 * from their codes. Links for forgotten passwords (`forgot`) have some of their own, so that nobody can tell by what
 * is left whether one was sent (I-17).
 */
export function maySend(
  engine: Engine,
  address: string,
  why: 'proved' | 'unproved' | 'forgot',
  now: Date,
): Promise<boolean> {
  // Not the address itself: it would stay for an hour in a row of its own.
  const recipient = sha256(JSON.stringify([engine.realm, address]));
  return engine.store.takeSend(recipient, limits.sendsPerHour[why], hourMs, now);
}

const hourMs = 3_600_000;

/**
 * Whether a user may cause one more message to an address that nobody has confirmed yet: `over` where it is too many
 * of theirs, `full` where the address has had enough from whoever it was.
 */
export async function mayOffer(
  engine: Engine,
  user: { readonly id: string },
  address: string,
  now: Date,
): Promise<'yes' | 'over' | 'full'> {
  const offers = sha256(JSON.stringify([engine.realm, 'offers', user.id]));
  if (!(await engine.store.takeSend(offers, limits.offersPerHour, hourMs, now))) return 'over';
  return (await maySend(engine, address, 'unproved', now)) ? 'yes' : 'full';
}
