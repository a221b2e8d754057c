import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SessionWithUser } from 'cofactor';
import { browserOf } from './asking.ts';
import { approvalsPage } from './page.ts';
import type { ApprovalRequests } from './requests.ts';

export interface ApprovalRoutes {
  readonly requests: ApprovalRequests;
  /** The address people see, the one of `createCofactor`: what changes something has to come from there. */
  readonly origin: string;
  /** Name of the policy that lets somebody approve: at least two factors. */
  readonly policy: string;
  readonly now?: () => Date;
}

const path = '/approvals';

/** What nobody may do with this page: put it into a frame under somebody's finger, or run a script of elsewhere in it. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The page on which a person approves, and what it asks. For who is signed in with two factors. */
export function approvalRoutes(app: FastifyInstance, options: ApprovalRoutes): void {
  const { requests, origin, policy, now = () => new Date() } = options;
  const guarded = { preHandler: app.requirePolicy(policy) };
  // Dies with the process, as the questions do.
  const secret = randomBytes(32);
  const tokenOf = ({ session }: SessionWithUser): string =>
    createHmac('sha256', secret).update(session.id).digest('base64url');

  app.get(path, guarded, (_request, reply) =>
    reply.headers(pageHeaders).type('text/html; charset=utf-8').send(approvalsPage()),
  );

  app.get(`${path}/open`, guarded, async (request) => {
    const session = await sessionOf(request);
    const open = requests.openFor(session.user.id, now());
    return {
      csrf: tokenOf(session),
      place: session.user.id,
      request: open && {
        id: open.id,
        browser: open.asker ? browserOf(open.asker.userAgent) : 'An unknown browser',
        address: open.asker?.address ?? 'unknown',
        askedAt: open.askedAt.toISOString(),
        expiresAt: open.expiresAt.toISOString(),
      },
    };
  });

  app.post<{ readonly Body: Decision }>(
    `${path}/decision`,
    { ...guarded, schema: { body: decisionSchema } },
    async (request, reply) => {
      const session = await sessionOf(request);
      const token = request.headers['x-csrf-token'];
      if (request.headers.origin !== origin || !isSame(String(token), tokenOf(session)))
        return answer(reply, 403, 'not-from-here');
      const { id, approve, number = '', key = '' } = request.body;
      const { user, session: own } = session;
      const decided = requests.decide({
        user: user.id,
        id,
        approve,
        number,
        key,
        session: own.id,
        now: now(),
      });
      const statuses = { approved: 200, denied: 200, gone: 404, 'other-device': 403, 'same-session': 403 };
      return answer(reply, statuses[decided], decided);
    },
  );
}

interface Decision {
  readonly id: string;
  readonly approve: boolean;
  readonly number?: string;
  readonly key?: string;
}

const decisionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'approve'],
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' },
    approve: { type: 'boolean' },
    number: { type: 'string', pattern: '^[0-9]{2}$' },
    key: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
  },
};

function answer(reply: FastifyReply, status: number, outcome: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').send({ outcome });
}

async function sessionOf(request: FastifyRequest): Promise<SessionWithUser> {
  const { session } = await request.visitor();
  if (!session) throw new Error('The guard lets in nobody without a session.');
  return session;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
