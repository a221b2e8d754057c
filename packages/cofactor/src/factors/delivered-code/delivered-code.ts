import type {
  Begun,
  ChallengeMaker,
  Delivery,
  EnrolContext,
  EnrolVerdict,
  FactorContext,
  FactorProvider,
  Held,
  JsonSchema,
  NotBegun,
  ProviderTexts,
  ResponseField,
  SendContext,
  Verdict,
} from '../../core/provider.ts';
import { codeField, codeSchema, isSentCode, lifetime, sendable, type SentCode } from './code.ts';

/** What is stored, sealed by the core: where codes go. */
export interface DeliveredCodeData {
  readonly address: string;
}

export interface DeliveredCodeResponse {
  readonly code: string;
}

/** A provider whose codes are sent to an address of the person. */
export interface DeliveredCodeProvider extends FactorProvider<
  DeliveredCodeData,
  DeliveredCodeResponse,
  DeliveredCodeResponse,
  SentCode
> {
  readonly input: { readonly schema: JsonSchema; readonly field: ResponseField };
  readonly challenge: ChallengeMaker<DeliveredCodeData, SentCode>;
  begin(context: EnrolContext<DeliveredCodeData>, input: unknown): Begun<DeliveredCodeData> | NotBegun;
  confirm(
    context: FactorContext,
    data: DeliveredCodeData | null,
    response: DeliveredCodeResponse,
  ): EnrolVerdict<DeliveredCodeData>;
  verify(
    context: FactorContext,
    authenticator: Held<DeliveredCodeData> & { readonly challenge: SentCode | null },
    response: DeliveredCodeResponse,
  ): Verdict<DeliveredCodeData>;
}

/** In what one way of sending differs from another. */
export interface Way {
  readonly name: string;
  readonly amr: string;
  readonly order: number;
  readonly restricted?: true;
  readonly byMail?: true;
  readonly notForNist?: string;
  readonly needsMail?: true;
  /** What another system may have held of it. */
  readonly adopts: 'phone-number' | 'mail-address';
  readonly texts: Readonly<Record<string, ProviderTexts>>;
  /** The field for the address, whose property is `address`. */
  readonly field: Omit<ResponseField, 'property'>;
  /** The one form of an address, or `null` for what is none. */
  canonical(typed: string): string | null;
  /** As its owner will know it. */
  mask(address: string): string;
  /** Left out where the application sends by itself. */
  send?(context: SendContext, delivery: Delivery): Promise<void>;
}

/** Seconds before another code goes to the same person. Until then the one on its way stays right. */
const every = 60;

/**
 * A factor whose codes are sent: six digits, ten minutes, used once. A code belongs to the ceremony that it was asked
 * for in and to the address that it went to; asking for another one makes the older one worthless, and gives no try
 * back (I-13).
 */
export function deliveredCode(way: Way): DeliveredCodeProvider {
  const { name, amr, order, restricted, byMail, notForNist, needsMail, texts, field, canonical, mask, send } =
    way;
  const enrolled = (address: string): EnrolVerdict<DeliveredCodeData> => ({
    ok: true,
    data: { address },
    about: { hint: mask(address), ...(byMail && { byMail }) },
  });
  return Object.freeze<DeliveredCodeProvider>({
    name,
    usage: 'second',
    multiple: true,
    proves: Object.freeze({ kind: 'have', amr: Object.freeze([amr]) }),
    ...(restricted && { restricted }),
    ...(notForNist !== undefined && { notForNist }),
    ...(needsMail && { needsMail }),
    response: codeSchema,
    view: Object.freeze({ texts, field: codeField, order }),
    input: Object.freeze({
      schema: addressSchema,
      field: Object.freeze({ ...field, property: 'address' }),
    }),

    begin(context, input) {
      const address = canonical((input as DeliveredCodeData).address);
      if (address === null) return { refused: 'input-wrong' };
      if (context.held.some(({ data }) => data.address === address)) return { refused: 'input-held' };
      const { code, sent } = sendable(context, address);
      return { data: sent, setup: { to: mask(address) }, deliver: { address, code } };
    },

    confirm(context, data, { code }) {
      if (!isOnItsWay(data) || !isSentCode(context, data, code)) return { ok: false, reason: 'wrong' };
      return enrolled(data.address);
    },

    adopt(_context, foreign) {
      if (foreign.kind !== way.adopts) return null;
      const address = canonical(foreign.address);
      return address === null ? { ok: false, reason: 'refused' } : enrolled(address);
    },

    challenge: Object.freeze<ChallengeMaker<DeliveredCodeData, SentCode>>({
      lifetime,
      usedUpBy: 'success',
      every,
      make(context, { data: { address } }) {
        const { code, sent } = sendable(context, address);
        return { data: sent, view: { to: mask(address) }, deliver: { address, code } };
      },
    }),

    verify(context, { data, challenge }, { code }) {
      const right =
        challenge !== null && challenge.address === data.address && isSentCode(context, challenge, code);
      return right ? { ok: true } : { ok: false, reason: 'wrong' };
    },

    ...(send && { send }),
  });
}

/** What is kept between `begin` and `confirm` is a code that was sent; afterwards only where it went. */
function isOnItsWay(data: DeliveredCodeData | null): data is SentCode {
  return data !== null && 'hash' in data && 'expires' in data;
}

const addressSchema: JsonSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: Object.freeze(['address']),
  properties: Object.freeze({ address: Object.freeze({ type: 'string', minLength: 1, maxLength: 254 }) }),
});
