import { z } from 'zod';
import { CODE_DIGITS, type OneTimeCodes, typedCode } from '#src/message/one-time-codes.ts';
import { MOST_ACCOUNTS, PHONE_KIND, phoneData, phoneIdentity, phoneIn } from '#src/message/phone-factor.ts';
import { maskedEnding, type PhoneNumber, readPhoneNumber } from '#src/message/phone-number.ts';
import type { Courier } from '#src/message/ports.ts';
import type { SendCode } from '#src/message/send-code.ts';
import type { SendLimiter } from '#src/message/send-limiter.ts';
import type { Digester } from '#src/secret/ports.ts';
import type {
  CodeChannel,
  FactorMethod,
  MethodContext,
  Proof,
  Refusal,
  SendOutcome,
  SetUpMethod,
  SignInMethod,
  TextFieldSpec,
  Typed,
} from '#src/sign-in/factor.ts';
import { readOwn } from '#src/sign-in/own-data.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Texts } from '../i18n.ts';
import { phoneCodeText } from '../messages/phone-code.ts';
import { digitsField } from './digits-field.ts';

export interface SmsParts {
  courier: Pick<Courier, 'channels'>;
  sendCode: SendCode;
  codes: OneTimeCodes;
  limiter: Pick<SendLimiter, 'redeemed'>;
  factors: Pick<FactorStore, 'countAccounts'>;
  digester: Digester;
  texts: Texts;
}

type Purpose = 'set-up' | 'sign-in';

/** What a set-up has so far. Without `channel` the number is only known: nothing was sent to it yet. */
const pendingSchema = z.strictObject({
  phone: z.e164(),
  channel: z.enum(['sms', 'voice']).optional(),
});
type Pending = z.infer<typeof pendingSchema>;

function pendingIn(text: string | undefined): Pending | undefined {
  return text === undefined ? undefined : readOwn(pendingSchema, text, 'the pending number of a set-up');
}

/** What a code is worth, as honest as the way it came (RFC 8176 §2). */
const proofBy = (channel: CodeChannel): Proof => ({
  amr: [channel === 'sms' ? 'sms' : 'tel'],
  phishingResistant: false,
});

function codeField(told: { channel: CodeChannel; ending: string } | undefined): TextFieldSpec {
  const spoken = told?.channel === 'voice';
  return digitsField(CODE_DIGITS, {
    label: 'factor.sms.label',
    hint: told && (spoken ? 'factor.sms.hintSpoken' : 'factor.sms.hint'),
    hintValues: told && { ending: told.ending },
  });
}

const phoneField = (value: string | undefined): TextFieldSpec => ({
  type: 'text',
  name: 'phone',
  label: 'factor.sms.setUp.phone',
  hint: 'factor.sms.setUp.hint',
  inputMode: 'tel',
  autocomplete: 'tel',
  maxLength: 40,
  value,
});

/** One code at a time for each person and purpose. */
const slotOf = (purpose: Purpose, { accountId }: MethodContext) => `${purpose}:${accountId}`;

/** One way that a code can take. */
interface Way {
  number: string;
  channel: CodeChannel;
}

/** What a code is good for. The channel is part of it, because it says what the code is worth. */
function bindingOf(digester: Digester, purpose: Purpose, context: MethodContext, way: Way): string {
  const { interaction, accountId } = context;
  // Its digest, because the store keeps a binding in the open.
  const number = digester.digest('phone', way.number);
  return JSON.stringify([purpose, interaction, accountId, number, way.channel]);
}

/** How the codes of this method are sent and used up. */
function createPhoneCodes({ sendCode, codes, limiter, factors, digester, texts }: SmsParts) {
  const accountsWith = ({ tenant: { id } }: MethodContext, number: string): Promise<number> =>
    factors.countAccounts(id, PHONE_KIND, phoneIdentity(digester, id, number));
  return {
    /** Whether as many accounts have a number as may: it is for no other one. */
    isShared: async (context: MethodContext, number: string): Promise<boolean> =>
      (await accountsWith(context, number)) >= MOST_ACCOUNTS,

    async send(purpose: Purpose, context: MethodContext, way: Way): Promise<SendOutcome> {
      const { number, channel } = way;
      const accounts = await accountsWith(context, number);
      if (purpose === 'set-up' && accounts >= MOST_ACCOUNTS) {
        return { kind: 'refused', reason: 'phone-shared' };
      }
      // While setting up, the account itself is not among them yet.
      const others = purpose === 'set-up' ? accounts : accounts - 1;
      return sendCode(context, {
        number,
        channel,
        purpose,
        accounts,
        slot: slotOf(purpose, context),
        binding: bindingOf(digester, purpose, context, way),
        named: others > 0,
        write: (code, loginName) =>
          phoneCodeText(texts.for(context.locale), {
            channel,
            code,
            loginName,
            issuer: context.tenant.issuer,
          }),
      });
    },

    /** Tries a code against every way it can have been sent: what was made for another one is no try of it. */
    async redeem<Tried extends Way>(
      purpose: Purpose,
      context: MethodContext,
      ways: readonly Tried[],
      { code = '' }: Typed,
    ): Promise<{ ok: true; way: Tried } | { ok: false; reason: Refusal }> {
      if (code.trim() === '') return { ok: false, reason: 'empty' };
      for (const way of ways) {
        const binding = bindingOf(digester, purpose, context, way);
        const result = await codes.redeem(context.tenant.id, slotOf(purpose, context), binding, code);
        if (result === 'gone') continue;
        if (result !== 'right') return { ok: false, reason: result };
        await limiter.redeemed(context);
        return { ok: true, way };
      }
      return { ok: false, reason: 'expired' };
    },
  };
}

type PhoneCodes = ReturnType<typeof createPhoneCodes>;
/** Ways that a tenant's codes can take, the usual one first. */
type ChannelsOf = (tenant: Tenant) => readonly CodeChannel[];

/** The wished channel when the number has it, else another: a landline is called. Undefined when there is none. */
function channelFor(
  wished: CodeChannel,
  { channels }: PhoneNumber,
  open: readonly CodeChannel[],
): CodeChannel | undefined {
  const fitting = open.filter((channel) => channels.includes(channel));
  return fitting.includes(wished) ? wished : fitting[0];
}

function createSetUp(phoneCodes: PhoneCodes, channelsOf: ChannelsOf, digester: Digester): SetUpMethod {
  return {
    page: 'sms',

    field(_context, pending) {
      const known = pendingIn(pending);
      if (known?.channel === undefined) return phoneField(known?.phone);
      return codeField({ channel: known.channel, ending: maskedEnding(known.phone) });
    },

    async request(context, asked, pending) {
      const { tenant } = context;
      const typed = asked.phone ?? pendingIn(pending)?.phone ?? '';
      const read = readPhoneNumber(typed, tenant.settings.phone.countries);
      if (!read.ok) return { kind: 'refused', reason: read.reason };
      const open = channelsOf(tenant);
      const channel = channelFor(asked.channel, read, open);
      if (channel === undefined) {
        return { kind: 'refused', reason: open.length === 0 ? 'unavailable' : 'phone-number' };
      }
      const outcome = await phoneCodes.send('set-up', context, { number: read.number, channel });
      if (outcome.kind !== 'sent') return outcome;
      const next: Pending = { phone: read.number, channel };
      return { ...outcome, pending: JSON.stringify(next) };
    },

    async prove(context, pending, typed) {
      const known = pendingIn(pending);
      const ways = known?.channel === undefined ? [] : [{ number: known.phone, channel: known.channel }];
      // Others may have set it up since the code was sent.
      if (known !== undefined && (await phoneCodes.isShared(context, known.phone))) {
        return { ok: false, reason: 'phone-shared' };
      }
      const redeemed = await phoneCodes.redeem('set-up', context, ways, typed);
      if (!redeemed.ok) return redeemed;
      const { number, channel } = redeemed.way;
      const identity = phoneIdentity(digester, context.tenant.id, number);
      return { ok: true, data: phoneData(number), identity, proof: proofBy(channel) };
    },
  };
}

function createSignIn(phoneCodes: PhoneCodes, channelsOf: ChannelsOf): SignInMethod {
  return {
    field: (_context, _factors, sent) => codeField(sent),

    /** To the number that was used last. A country that the tenant closed meanwhile gets nothing any more. */
    async send(context, [factor], wished): Promise<SendOutcome> {
      if (factor === undefined) return { kind: 'refused', reason: 'undeliverable' };
      const { tenant } = context;
      const read = readPhoneNumber(phoneIn(factor), tenant.settings.phone.countries);
      if (!read.ok) {
        return {
          kind: 'refused',
          reason: read.reason === 'phone-country' ? 'phone-country' : 'undeliverable',
        };
      }
      const channel = channelFor(wished, read, channelsOf(tenant));
      if (channel === undefined) return { kind: 'refused', reason: 'unavailable' };
      return phoneCodes.send('sign-in', context, { number: read.number, channel });
    },

    isPlausible: ({ code }) => code !== undefined && typedCode(code) !== undefined,

    async check(context, factors, typed) {
      const ways = factors.flatMap((factor) => {
        const number = phoneIn(factor);
        return (['sms', 'voice'] as const).map((channel) => ({ factorId: factor.id, number, channel }));
      });
      const redeemed = await phoneCodes.redeem('sign-in', context, ways, typed);
      if (!redeemed.ok) return redeemed;
      const { factorId, channel } = redeemed.way;
      return { ok: true, factorId, use: {}, proof: proofBy(channel) };
    },
  };
}

/**
 * Codes of six digits by text message or phone call, to a number that the person proved (R10). A code is good once,
 * for one person, purpose, interaction, number and channel. Throws AppError `internal` when its own data can't be read.
 */
export function createSmsMethod(parts: SmsParts): FactorMethod {
  const phoneCodes = createPhoneCodes(parts);
  const channelsOf: ChannelsOf = ({ settings }) =>
    (['sms', 'voice'] as const).filter(
      (channel) =>
        parts.courier.channels.includes(channel) && (channel === 'sms' || settings.secondStep.spokenCode),
    );
  return {
    kind: PHONE_KIND,
    icon: 'message',
    phishingResistant: false,
    channels: channelsOf,
    setUp: createSetUp(phoneCodes, channelsOf, parts.digester),
    signIn: createSignIn(phoneCodes, channelsOf),
  };
}
