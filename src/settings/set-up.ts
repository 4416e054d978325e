import type { Clock } from '#src/clock.ts';
import type { EnrolFactor } from '#src/enrolment/enrol-factor.ts';
import { PHONE_KIND, phoneIn } from '#src/message/phone-factor.ts';
import { readPhoneNumber } from '#src/message/phone-number.ts';
import type { DeliveryState, DeliveryStore } from '#src/message/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import { coolsUntil } from '#src/sign-in/cooling.ts';
import type { CodeChannel, FactorMethod, Typed } from '#src/sign-in/factor.ts';
import type { Factor, FactorStore } from '#src/sign-in/ports.ts';
import { requestResult, sendProblem } from '#src/sign-in/send-sign-in-code.ts';
import { type SetUpView, setUpView } from '#src/sign-in/set-up-view.ts';
import { createNewSetUp, isSettable, type Settable, type SetUpAsked } from './new-set-up.ts';
import type { SetUp } from './set-up-state.ts';
import { type CameTo, createSetUpTasks } from './set-up-task.ts';
import type { TaskKeeper } from './task-keeper.ts';
import { methodContext, type SettingsTurn } from './turn.ts';

export interface SetUpParts {
  tasks: TaskKeeper;
  enrolFactor: EnrolFactor;
  factors: Pick<FactorStore, 'list'>;
  deliveries: Pick<DeliveryStore, 'find'>;
  methods: readonly FactorMethod[];
  settingsEvents: Pick<SettingsEvents, 'codeRequested' | 'refused'>;
  clock: Clock;
}

/** How often one is begun anew because another window was first. */
const BEGINNINGS = 5;

/** What a form of a set-up brought. `id`: the set-up that it was drawn for. */
export interface SetUpForm {
  id: string;
  /** Kind of the method. */
  method: string;
  channel?: CodeChannel | undefined;
  typed: Typed;
}

/**
 * What came of a form. `again`: its page has the news · `added`: proved and kept, `former` is what it took the place of ·
 * `finished`: by an earlier press of the same form · `gone`: there is no such set-up (any more), or nothing to take the
 * place of
 */
export type SetUpOutcome = { kind: 'again' | 'finished' | 'gone' } | AddedMethod;

/** A method that was proved and is kept. */
export interface AddedMethod {
  kind: 'added';
  method: string;
  factorId: string;
  former: Factor | undefined;
}

/** Records what was added, and tells the person. */
export type WhenAdded = (added: AddedMethod) => Promise<void>;

/** A form that fits: the set-up, the version it was read at, and the method that is meant. */
interface Open {
  setUp: SetUp;
  version: number;
  method: Settable;
}

/**
 * Sets up one method by the rules of the first sign-in, for somebody who is signed in: nothing is active before it is
 * proved. What it has so far is a task of the settings, by the name that the caller gives it; two windows with it are
 * told apart. Whoever calls it asks for fresh steps first.
 */
export function createSetUp(parts: SetUpParts) {
  const { factors, methods, settingsEvents, clock } = parts;
  const tasks = createSetUpTasks(parts);

  const { make, seedsFor } = createNewSetUp(parts);

  const ownedBy = ({ tenantId, account }: SettingsTurn) => factors.list(tenantId, account.id);

  const findOwn = async (turn: SettingsTurn, id: string) =>
    (await ownedBy(turn)).find((factor) => factor.id === id);

  const methodOf = (setUp: SetUp, kind: string): Settable | undefined => {
    const method = methods.find((one) => one.kind === kind);
    return setUp.kinds.includes(kind) && isSettable(method) ? method : undefined;
  };

  const settle = async (turn: SettingsTurn, name: string, cameTo: CameTo): Promise<SetUpOutcome> => ({
    kind: await tasks.settle(turn, name, cameTo),
  });

  const refused = (turn: SettingsTurn, what: string, reason: string): void =>
    settingsEvents.refused(turn, { account: turn.account.id, what, reason });

  /** A number that the person has already gets no code. */
  const hasNumber = async (turn: SettingsTurn, method: FactorMethod, phone: string | undefined) => {
    if (method.kind !== PHONE_KIND || phone === undefined) return false;
    const read = readPhoneNumber(phone, turn.tenant.settings.phone.countries);
    if (!read.ok) return false;
    const owned = await ownedBy(turn);
    return owned.some((factor) => factor.kind === PHONE_KIND && phoneIn(factor) === read.number);
  };

  const request = async (
    turn: SettingsTurn,
    name: string,
    { setUp, version, method }: Open,
    asked: { phone: string | undefined; channel: CodeChannel },
  ): Promise<SetUpOutcome> => {
    const next: SetUp = { ...setUp, problem: undefined, elsewhere: false, typedPhone: asked.phone };
    if (await hasNumber(turn, method, asked.phone)) {
      refused(turn, name, 'taken');
      const problem = { kind: 'refused', method: method.kind, reason: 'taken' } as const;
      return settle(turn, name, { setUp: { ...next, problem }, version });
    }
    const context = methodContext(turn, clock.now());
    const outcome = await method.setUp.request?.(context, asked, setUp.pending[method.kind]);
    if (outcome === undefined) return { kind: 'again' };
    const about = { account: turn.account.id, method: method.kind };
    settingsEvents.codeRequested(turn, { ...about, ...requestResult(outcome) });
    if (outcome.kind !== 'sent') {
      return settle(turn, name, { setUp: { ...next, problem: sendProblem(method.kind, outcome) }, version });
    }
    const sent = { ...outcome.sent, again: setUp.sent !== undefined };
    const pending = { ...setUp.pending, [method.kind]: outcome.pending };
    const known = { ...next, typedPhone: undefined, sent, pending };
    return settle(turn, name, { setUp: known, version, left: true });
  };

  const prove = async (
    turn: SettingsTurn,
    name: string,
    { setUp, version, method }: Open,
    { typed, whenAdded }: { typed: Typed; whenAdded: WhenAdded },
  ): Promise<SetUpOutcome> => {
    const { kind } = method;
    const now = clock.now();
    const { newPhoneHours } = turn.tenant.settings.recovery;
    const { replaces: id } = setUp;
    const former = id === undefined ? undefined : await findOwn(turn, id);
    const answer = await parts.enrolFactor({
      context: methodContext(turn, now),
      method,
      pending: setUp.pending[kind],
      typed,
      proved: true,
      replaces: id,
      // Also one beside others: the others can be removed.
      coolsUntil: kind === PHONE_KIND ? coolsUntil(newPhoneHours, now) : undefined,
    });
    const next: SetUp = { ...setUp, elsewhere: false, typedLabel: typed.label };
    switch (answer.kind) {
      case 'wait':
        return settle(turn, name, { setUp: { ...next, problem: answer }, version });
      case 'refused': {
        const { reason } = answer;
        refused(turn, name, reason);
        const problem = { kind: 'refused', method: kind, reason } as const;
        return settle(turn, name, { setUp: { ...next, problem }, version });
      }
      case 'exists':
        refused(turn, name, 'gone');
        await tasks.giveUp(turn, name, setUp);
        return { kind: 'gone' };
      case 'added': {
        const added = { kind: 'added', method: kind, factorId: answer.factorId, former } as const;
        // It counts, and so is recorded and told whatever fails from here on (ground rule 7).
        await Promise.all([whenAdded(added), tasks.finish(turn, name, setUp)]);
        return added;
      }
    }
  };

  /** The form's own set-up, or why there is none. A window with an earlier one is told so on the page of the newest. */
  const open = async (
    turn: SettingsTurn,
    name: string,
    id: string,
  ): Promise<{ setUp: SetUp; version: number } | { outcome: SetUpOutcome }> => {
    const { task: setUp, version } = await tasks.load(turn, name);
    if (setUp === undefined) return { outcome: { kind: 'gone' } };
    if (setUp.id === id && !setUp.finished) return { setUp, version };
    if (setUp.finished) return { outcome: { kind: setUp.id === id && !setUp.gone ? 'finished' : 'gone' } };
    return { outcome: await settle(turn, name, { setUp: { ...setUp, elsewhere: true }, version }) };
  };

  return {
    /** Begins one in the place of any that waits under this name. False where there is nothing to set up. */
    async begin(turn: SettingsTurn, name: string, asked: SetUpAsked): Promise<boolean> {
      const made = await make(turn, asked);
      if (made === undefined) return false;
      await tasks.begin(turn, name, made);
      return true;
    },
    /**
     * The one that waits under this name where `goesOn` takes it, else a new one. Presses of one button at once get the
     * same one, so that a code which one of them sends is not lost to the other's. Undefined where there is nothing to
     * set up, or where other windows come between again and again.
     */
    async currentOrNew(
      turn: SettingsTurn,
      name: string,
      { goesOn, ...asked }: SetUpAsked & { goesOn: (setUp: SetUp) => boolean },
    ): Promise<SetUp | undefined> {
      for (let tries = 0; tries < BEGINNINGS; tries += 1) {
        const { task, version } = await tasks.load(turn, name);
        if (task?.finished === false && goesOn(task)) return task;
        const made = await make(turn, asked);
        if (made === undefined || (await tasks.save(turn, name, made, version))) return made;
      }
      return undefined;
    },
    /** The one that waits under this name. */
    async current(turn: SettingsTurn, name: string): Promise<SetUp | undefined> {
      const { task } = await tasks.load(turn, name);
      return task?.finished === false ? task : undefined;
    },
    /** What its page shows. Reads only. */
    async reads(
      turn: SettingsTurn,
      setUp: SetUp,
    ): Promise<{ methods: SetUpView[]; delivery: DeliveryState | undefined }> {
      const { sent, pending, typedPhone } = setUp;
      const [owned, delivery] = await Promise.all([
        ownedBy(turn),
        sent?.delivery === undefined ? undefined : parts.deliveries.find(turn.tenantId, sent.delivery),
      ]);
      const context = methodContext(turn, clock.now());
      const views = setUp.kinds.flatMap((kind) => {
        const method = methodOf(setUp, kind);
        if (method === undefined) return [];
        return setUpView(method, { context, pending: pending[kind], typedPhone, owned });
      });
      return { methods: views, delivery };
    },
    /** What a form brought: a number to send a code to, or a proof. */
    async submit(
      turn: SettingsTurn,
      name: string,
      { id, method: kind, channel, typed }: SetUpForm,
      whenAdded: WhenAdded,
    ): Promise<SetUpOutcome> {
      const opened = await open(turn, name, id);
      if ('outcome' in opened) return opened.outcome;
      const method = methodOf(opened.setUp, kind);
      if (method === undefined) return { kind: 'again' };
      const { phone } = typed;
      if (phone === undefined) return prove(turn, name, { ...opened, method }, { typed, whenAdded });
      const [usual = 'sms'] = method.channels(turn.tenant);
      return request(turn, name, { ...opened, method }, { phone, channel: channel ?? usual });
    },
    /** The code once more, perhaps another way. */
    async sendCode(
      turn: SettingsTurn,
      name: string,
      { id, channel }: { id: string; channel: CodeChannel },
    ): Promise<SetUpOutcome> {
      const opened = await open(turn, name, id);
      if ('outcome' in opened) return opened.outcome;
      const { setUp } = opened;
      const method = setUp.kinds
        .map((kind) => methodOf(setUp, kind))
        .find((one) => one?.setUp.request !== undefined && setUp.pending[one.kind] !== undefined);
      if (!method?.channels(turn.tenant).includes(channel)) return { kind: 'again' };
      return request(turn, name, { ...opened, method }, { phone: undefined, channel });
    },
    /** Begins it anew: another number, another key. */
    async renew(turn: SettingsTurn, name: string, { id }: { id: string }): Promise<SetUpOutcome> {
      const opened = await open(turn, name, id);
      if ('outcome' in opened) return opened.outcome;
      const { kinds, replaces, typedLabel } = opened.setUp;
      const anew = { id, kinds, replaces, typedLabel, pending: seedsFor(kinds), elsewhere: false };
      return settle(turn, name, { setUp: { ...anew, finished: false }, version: opened.version });
    },
    /** What a passkey's script asks the browser to sign; undefined where none of its methods wants that. */
    async passkeyOptions(turn: SettingsTurn, name: string): Promise<object | undefined> {
      const { task: setUp } = await tasks.load(turn, name);
      if (setUp === undefined || setUp.finished) return undefined;
      const method = setUp.kinds
        .map((kind) => methodOf(setUp, kind))
        .find((one) => one?.passkeyOptions !== undefined);
      const owned = (await ownedBy(turn)).filter(({ kind }) => kind === method?.kind);
      return method?.passkeyOptions?.(methodContext(turn, clock.now()), 'set-up', owned);
    },
  };
}

export type SetUps = ReturnType<typeof createSetUp>;
