import type { Clock } from '#src/clock.ts';
import type { Notices } from '#src/message/notices.ts';
import { PHONE_KIND, phoneIn } from '#src/message/phone-factor.ts';
import { maskedEnding } from '#src/message/phone-number.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { CodeChannel, FactorMethod, FieldSpec } from '#src/sign-in/factor.ts';
import type { Factor, FactorStore } from '#src/sign-in/ports.ts';
import { methodsOnPage } from '#src/sign-in/prepare-step.ts';
import type { AddedMethod, SetUpForm, SetUpOutcome, SetUps } from './set-up.ts';
import type { SetUp } from './set-up-state.ts';
import { methodContext, noticeContext, type SettingsTurn } from './turn.ts';

export interface ChangePhoneParts {
  setUps: SetUps;
  factors: Pick<FactorStore, 'list' | 'prefer'>;
  methods: readonly FactorMethod[];
  notices: Pick<Notices, 'tell'>;
  settingsEvents: Pick<SettingsEvents, 'phoneChanged'>;
  clock: Clock;
}

/** A proved number of a person, as its page may show it. */
export interface OwnNumber {
  /** Of its factor. */
  id: string;
  label: string;
  ending: string;
  /** When it proves something behind a password that was forgotten; undefined where it does. */
  newUntil: number | undefined;
}

/** Which page has the news of a form; `elsewhere`: another window was first, and nothing was changed by this one. */
export type PhoneNews = 'number' | 'code' | 'elsewhere';

export interface NumberForm {
  /** Id of the number that is to be replaced. */
  factor: string;
  /** As typed. */
  phone: string;
  channel: CodeChannel;
}

/** The task, and the page of methods that it is about. */
const TASK = 'phone';
const PAGE = 'sms';

/** A code was sent so lately that another one would be refused: this form is another press of the one that asked for it. */
function isUnderWay({ sent, replaces }: SetUp, factor: string, now: number): boolean {
  return replaces === factor && (sent === undefined || sent.againAt > now);
}

/**
 * Puts another number in the place of a proved one (R23). Whoever calls it asked for both steps anew: a code to the old
 * number, another method or the backup code. The new number counts once it is proved, and is told to the old one.
 */
export function createChangePhone(parts: ChangePhoneParts) {
  const { setUps, factors, clock } = parts;

  const own = async ({ tenantId, account }: SettingsTurn): Promise<Factor[]> =>
    (await factors.list(tenantId, account.id)).filter(({ kind }) => kind === PHONE_KIND);

  /** The set-up that a form goes on with, or a new one; undefined for a number that is not the person's (any more). */
  const setUpFor = (turn: SettingsTurn, replaces: string): Promise<SetUp | undefined> => {
    const goesOn = (current: SetUp) => isUnderWay(current, replaces, clock.now());
    return setUps.currentOrNew(turn, TASK, { page: PAGE, replaces, goesOn });
  };

  /** Where the news of a form is: a number that was refused is told where it was typed, a wait where its code is. */
  const newsOf = async (turn: SettingsTurn, form: 'number' | 'code'): Promise<PhoneNews> => {
    const setUp = await setUps.current(turn, TASK);
    if (setUp === undefined) return 'elsewhere';
    const isRefused = form === 'number' && setUp.problem?.kind === 'refused';
    return setUp.sent === undefined || isRefused ? 'number' : 'code';
  };

  const changed = async (turn: SettingsTurn, { factorId, former }: AddedMethod): Promise<void> => {
    if (former === undefined) return;
    const { tenantId, account } = turn;
    const now = clock.now();
    const to = { ...noticeContext(turn, now), formerPhone: phoneIn(former) };
    const told = parts.notices.tell(to, 'phone-changed');
    try {
      const { coolsUntil = now } = (await own(turn)).find(({ id }) => id === factorId) ?? {};
      const until = new Date(coolsUntil).toISOString();
      parts.settingsEvents.phoneChanged(turn, { account: account.id, coolsUntil: until });
      // Whoever wished to be asked by text message first still does.
      if (former.preferredAt !== undefined) await factors.prefer(tenantId, account.id, factorId, now);
    } finally {
      await told;
    }
  };

  const submit = (turn: SettingsTurn, form: Omit<SetUpForm, 'method'>): Promise<SetUpOutcome> =>
    setUps.submit(turn, TASK, { ...form, method: PHONE_KIND }, (added) => changed(turn, added));

  return {
    /** How a number is asked, and the ways of codes to it; undefined where this organisation has no codes by phone. */
    asked(turn: SettingsTurn): { field: FieldSpec; channels: readonly CodeChannel[] } | undefined {
      const method = methodsOnPage(turn, parts.methods, PAGE).find(({ kind }) => kind === PHONE_KIND);
      const field = method?.setUp?.field(methodContext(turn, clock.now()), undefined);
      return field && method && { field, channels: method.channels(turn.tenant) };
    },
    /** The person's numbers, the one first that is asked first. */
    async numbers(turn: SettingsTurn): Promise<OwnNumber[]> {
      const now = clock.now();
      return (await own(turn)).map(({ id, label, coolsUntil, ...factor }) => ({
        ...{ id, label, ending: maskedEnding(phoneIn(factor)) },
        newUntil: coolsUntil !== undefined && coolsUntil > now ? coolsUntil : undefined,
      }));
    },
    current: (turn: SettingsTurn): Promise<SetUp | undefined> => setUps.current(turn, TASK),
    reads: setUps.reads,
    /** Sends a code to the number that was typed. */
    async request(turn: SettingsTurn, { factor, phone, channel }: NumberForm): Promise<PhoneNews> {
      const setUp = await setUpFor(turn, factor);
      if (setUp === undefined) return 'elsewhere';
      await submit(turn, { id: setUp.id, channel, typed: { phone } });
      return newsOf(turn, 'number');
    },
    /** The code once more, perhaps another way. */
    async sendAgain(turn: SettingsTurn, asked: { id: string; channel: CodeChannel }): Promise<PhoneNews> {
      await setUps.sendCode(turn, TASK, asked);
      return newsOf(turn, 'code');
    },
    /** `finished`: by an earlier press of the same form. */
    async prove(
      turn: SettingsTurn,
      { id, code }: { id: string; code: string },
    ): Promise<'changed' | 'finished' | PhoneNews> {
      const label = (await setUps.current(turn, TASK))?.typedLabel;
      const outcome = await submit(turn, { id, typed: { code, label } });
      switch (outcome.kind) {
        case 'added':
          return 'changed';
        case 'finished':
          return 'finished';
        case 'gone':
          return 'elsewhere';
        case 'again':
          return newsOf(turn, 'code');
      }
    },
  };
}

export type ChangePhone = ReturnType<typeof createChangePhone>;
