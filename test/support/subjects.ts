import { hash } from 'node:crypto';
import { emailOtp } from 'cofactor/email-otp';
import { openid } from 'cofactor/openid';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { smsOtp } from 'cofactor/sms-otp';
import type { Person, ProviderSubject } from 'cofactor/testing';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { approval } from '../../examples/providers/approval/index.ts';
import { ApprovalRequests } from '../../examples/providers/approval/requests.ts';
import { hardwareToken } from '../../examples/providers/hardware-token/index.ts';
import { quickCode, wrongCodes } from './codes.ts';
import { plainHasher } from './hasher.ts';
import { base32, hotpCode } from './hotp.ts';
import { TestIssuer } from './memory-issuer.ts';
import { create, get, type CreateOptions, type GetOptions, type Passkey } from './passkey.ts';

let people = 0;

/** Somebody whose codes are sent to an address. */
function recipient(property: string, address: string): Person {
  const others = (code = ''): object[] => [{ code: code === '000000' ? '111111' : '000000' }];
  return {
    input: { [property]: address },
    confirm: ({ delivery }) => ({ code: delivery?.code }),
    wrongConfirm: ({ delivery }) => others(delivery?.code),
    answer: ({ delivery }) => ({ code: delivery?.code }),
    wrong: ({ delivery }) => others(delivery?.code),
  };
}

/** Where people of these tests have accounts, too. */
const issuer = new TestIssuer();

/** Somebody for every provider that there is. */
export const subjects: readonly ProviderSubject[] = [
  {
    name: 'password',
    create: () => password({ hasher: plainHasher }),
    person() {
      const typed = `quiet harbour ${(people += 1)} lantern`;
      return {
        confirm: () => ({ password: typed }),
        answer: () => ({ password: typed }),
        wrong: () =>
          [`${typed}x`, typed.slice(1), typed.toUpperCase(), 'x'].map((other) => ({ password: other })),
      };
    },
  },
  {
    name: 'totp',
    create: () => totp({ issuer: 'Acme' }),
    person() {
      let key = '';
      const code = (now: Date): object => ({ code: quickCode(key, now) });
      const wrong = (now: Date): object[] => wrongCodes(key, now, 3).map((other) => ({ code: other }));
      return {
        confirm({ setup, context }) {
          key = String(setup['key']);
          return code(context.now);
        },
        wrongConfirm({ setup, context }) {
          key = String(setup['key']);
          return wrong(context.now);
        },
        answer: ({ context }) => code(context.now),
        wrong: ({ context }) => wrong(context.now),
      };
    },
  },
  {
    name: 'recovery-codes',
    create: () => recoveryCodes(),
    person() {
      const codes: string[] = [];
      return {
        confirm({ setup }) {
          codes.push(...(setup['codes'] as string[]));
          return { saved: true };
        },
        answer: () => ({ code: codes.shift() }),
        wrong: () => [{ code: 'aaaa-aaaa-aaaaa' }, { code: 'a' }, { code: codes[0]?.slice(0, -1) }],
      };
    },
  },
  {
    name: 'email-otp',
    create: () => emailOtp(),
    person: () => recipient('address', `somebody-${(people += 1)}@example.com`),
  },
  {
    name: 'sms-otp',
    create: () => smsOtp({ send: async () => undefined }),
    person: () => recipient('address', `+4520${String((people += 1)).padStart(6, '0')}`),
  },
  {
    name: 'openid',
    create: () =>
      openid({
        name: 'openid',
        label: 'Issuer',
        issuer: issuer.issuer,
        clientId: 'acme',
        trust: [{ claim: 'acr', value: 'mfa', level: 'mfa' }],
        accounts: 'create',
        fetch: issuer.fetch,
      }),
    person() {
      const sub = `subject-${(people += 1)}`;
      const email = `somebody-${people}@example.com`;
      const back = (page: Readonly<Record<string, unknown>> | null, who = sub): object =>
        issuer.authorize(String(page?.['url']), { sub: who, email, email_verified: true });
      const others = (page: Readonly<Record<string, unknown>> | null): object[] => [
        { ...back(page), iss: 'https://evil.example' },
        { ...back(page), state: `discover.${'A'.repeat(43)}` },
        { ...back(page), code: 'none-of-ours' },
      ];
      return {
        confirm: ({ setup }) => back(setup),
        wrongConfirm: ({ setup }) => others(setup),
        answer: ({ view }) => back(view),
        wrong: ({ view }) => [...others(view), back(view, 'somebody-else')],
      };
    },
  },
  {
    name: 'webauthn',
    create: () => webauthn(),
    person() {
      let passkey: Passkey | undefined;
      const used = (view: Readonly<Record<string, unknown>> | null, flip = false): object => {
        if (!passkey) throw new Error('there is no passkey yet');
        const knobs = flip ? ({ flip: { part: 'signature', bit: 99 } } as const) : {};
        return get(view?.['options'] as GetOptions, passkey, knobs);
      };
      return {
        confirm({ setup }) {
          const made = create(setup['options'] as CreateOptions, { signCount: 1 });
          passkey = made.passkey;
          return made.response;
        },
        wrongConfirm: ({ setup }) => [
          create(setup['options'] as CreateOptions, { challenge: 'AAAA' }).response,
          create(setup['options'] as CreateOptions, { origin: 'https://evil.example' }).response,
        ],
        answer: ({ view }) => used(view),
        wrong: ({ view }) => [used(view, true)],
      };
    },
  },
];

/** The secret of every token that could be: made from its serial number. */
function seedOf(serial: string): { readonly secret: string } {
  return { secret: base32(hash('sha256', serial, 'buffer').subarray(0, 20)) };
}

function tokens(): ProviderSubject {
  return {
    name: 'hardware-token',
    create: () => hardwareToken({ seedOf }),
    // Whoever made the token made its secret.
    secretsFrom: 'elsewhere',
    person() {
      const serial = `HT${String((people += 1)).padStart(6, '0')}`;
      const { secret } = seedOf(serial);
      let presses = 0;
      const press = (): string => hotpCode(secret, presses++);
      const code = (counter: number): string => hotpCode(secret, counter);
      return {
        input: { serial: serial.replace('HT', 'ht-') },
        confirm: () => ({ code: press(), next: press() }),
        wrongConfirm: () => [
          { code: code(presses), next: code(presses) },
          { code: code(presses + 1), next: code(presses) },
          { code: code(presses + 2000), next: code(presses + 2001) },
        ],
        answer: () => ({ code: press() }),
        wrong: () => [
          { code: code(presses + 50) },
          { code: code(0) },
          { code: code(presses + 50), next: code(presses + 50) },
          { code: code(presses + 2000), next: code(presses + 2001) },
        ],
      };
    },
  };
}

function approvals(): ProviderSubject {
  let requests = new ApprovalRequests();
  return {
    name: 'approval',
    create: () => approval({ requests: (requests = new ApprovalRequests()) }),
    person() {
      let key = '';
      return {
        confirm: ({ setup }) => ({ key: (key = String(setup['key'])) }),
        wrongConfirm: () => [{ key: 'A'.repeat(43) }],
        answer({ view, context: { user, now } }) {
          const open = requests.openFor(user.id, now);
          const decision = { user: user.id, id: open?.id ?? '', approve: true, key, session: 'another', now };
          requests.decide({ ...decision, number: String(view?.['number']) });
          return { ticket: view?.['ticket'] };
        },
        waiting: ({ view }) => ({ ticket: view?.['ticket'] }),
        wrong: () => [{ ticket: 'A'.repeat(43) }],
      };
    },
  };
}

/** The same for those of the examples. */
export const exampleSubjects: readonly ProviderSubject[] = [tokens(), approvals()];
