import { CofactorError } from '../../base/errors.ts';
import { siteOf, type Client, type Engine } from '../engine.ts';
import { noticeContent, type NoticeValues } from '../mail/notices.ts';
import type { NoticeKind } from '../mail/texts/texts.ts';
import { renderMail } from '../mail/render.ts';
import { sha256 } from '../ids.ts';
import type { MailContent } from '../provider.ts';
import type { UserRecord } from '../store.ts';

/** Sends a mail to a stored address. Throws where there is no mailer, or where it could not hand it over. */
export async function sendMail(
  engine: Engine,
  to: string,
  language: string,
  content: MailContent,
): Promise<void> {
  const { mail } = engine.config;
  if (!mail)
    throw new CofactorError('ERR_MAIL_FAILED', 'No mail can be sent here.', { detail: 'no mail option' });
  await mail.send(renderMail(siteOf(engine), language, content, to));
}

/** What a notice tells beside what every one does. `provider`: the authenticator's, for what it is called. */
export interface Told extends Pick<NoticeValues, 'name' | 'address' | 'link' | 'lifetime'> {
  readonly client?: Client;
  readonly provider?: string;
}

/**
 * Tells a person by mail what happened to their account (I-14): after the answer, and without a word to whoever
 * made it happen. Without a mailer or a confirmed address there is nobody to tell.
 */
export function notify(
  engine: Engine,
  user: Pick<UserRecord, 'id' | 'email' | 'emailVerifiedAt' | 'language'>,
  kind: NoticeKind,
  { client, provider, ...told }: Told = {},
  to: string | null = user.emailVerifiedAt === null ? null : user.email,
): void {
  if (!engine.config.mail || to === null) return;
  const language = user.language ?? client?.language ?? 'en';
  const method = provider === undefined ? undefined : methodOf(engine, provider, language);
  const content = noticeContent(kind, language, {
    site: engine.config.name,
    at: engine.config.clock.now(),
    ...(client && { userAgent: client.userAgent, ip: client.ip }),
    ...(method !== undefined && { method }),
    ...told,
  });
  engine.background.run(`mail ${kind}`, () => sendMail(engine, to, language, content));
}

function methodOf(engine: Engine, provider: string, language: string): string | undefined {
  const texts = engine.config.providers.get(provider)?.view.texts;
  return (texts?.[language] ?? texts?.['en'])?.name;
}

/** The same, at most once an hour: what somebody else can make happen must not fill a mailbox. */
export function notifySeldom(engine: Engine, user: UserRecord, kind: NoticeKind, told: Told): void {
  if (!engine.config.mail || user.emailVerifiedAt === null) return;
  const key = sha256(JSON.stringify([engine.realm, 'notice', kind, user.id]));
  engine.background.run(`mail ${kind}`, async () => {
    if (await engine.store.takeSend(key, [0], 3_600_000, engine.config.clock.now())) {
      notify(engine, user, kind, told);
    }
  });
}
