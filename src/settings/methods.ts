import type { Clock } from '#src/clock.ts';
import { labelOf, MOST_METHODS } from '#src/enrolment/enrol-factor.ts';
import { allowedMethods, policyOf } from '#src/enrolment/policy.ts';
import type { Notices } from '#src/message/notices.ts';
import { PHONE_KIND, phoneEnding, phoneIn } from '#src/message/phone-factor.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { Factor, FactorStore } from '#src/sign-in/ports.ts';
import { isOneWayLeft, mustKeep, type Removable, removable } from './must-keep.ts';
import type { AddedMethod } from './set-up.ts';
import { noticeContext, type SettingsTurn } from './turn.ts';

/** A method of the person's own, as its pages show it. Times in milliseconds since the epoch. */
export interface KeptMethod {
  id: string;
  kind: string;
  icon: string;
  /** What the person calls it; may be empty. */
  label: string;
  /** Last two digits of a number. */
  ending: string | undefined;
  setUpAt: number;
  lastUsedAt: number | undefined;
  /** It is the one that a sign-in asks for first. */
  first: boolean;
  /** Because the person wished so. */
  preferred: boolean;
  removable: Removable;
  /** Page on which another one of its kind is set up in its place; undefined where the tenant has none any more. */
  page: string | undefined;
}

/** All methods of a person, and what can be done about them. */
export interface MethodsFacts {
  /** In the order in which a sign-in asks for them. */
  methods: KeptMethod[];
  /** Only one is left that this tenant takes. */
  oneWayLeft: boolean;
  /** The person said which one is asked for first. */
  ordered: boolean;
  /** Pages on which another one can be added, each with its kinds; none when the person has as many as anybody can. */
  pages: readonly { page: string; kinds: readonly string[] }[];
  /** How many anybody can have, where the person has so many. */
  most: number | undefined;
}

type MethodEvent = 'methodEnrolled' | 'methodRenamed' | 'methodPreferred' | 'methodRemoved' | 'refused';

interface Parts {
  factors: Pick<FactorStore, 'list' | 'rename' | 'prefer' | 'remove'>;
  /** Every method there is. */
  methods: readonly FactorMethod[];
  notices: Pick<Notices, 'tell'>;
  settingsEvents: Pick<SettingsEvents, MethodEvent>;
  clock: Clock;
}

const phoneOf = (factor: Factor) => (factor.kind === PHONE_KIND ? phoneIn(factor) : undefined);

/** What people do with the methods that they have (R14): look, name, order and remove. */
export function createMethods({ factors, methods, notices, settingsEvents: events, clock }: Parts) {
  const ownedBy = ({ tenantId, account }: SettingsTurn) => factors.list(tenantId, account.id);

  const about = ({ account }: SettingsTurn, method: string) => ({ account: account.id, method });

  const keptMethods = ({ tenant: { settings } }: SettingsTurn, owned: readonly Factor[]): KeptMethod[] => {
    const allowed = allowedMethods(settings, methods);
    const kinds = owned.map(({ kind }) => kind);
    const isAsked = ({ kind }: Factor) => allowed.some((method) => method.kind === kind);
    const first = owned.find(isAsked) ?? owned[0];
    return owned.flatMap((factor): KeptMethod[] => {
      const { id, kind, label, createdAt: setUpAt, lastUsedAt } = factor;
      const method = methods.find((one) => one.kind === kind);
      if (method === undefined) return [];
      return [
        {
          ...{ id, kind, icon: method.icon, label, ending: phoneEnding(factor), setUpAt, lastUsedAt },
          ...{ first: id === first?.id, preferred: factor.preferredAt !== undefined },
          removable: removable(settings, methods, { owned: kinds, kind }),
          page: isAsked(factor) ? method.setUp?.page : undefined,
        },
      ];
    });
  };

  /** One of the person's own, as it is kept. */
  const findOwn = async (turn: SettingsTurn, id: string) =>
    (await ownedBy(turn)).find((factor) => factor.id === id);

  return {
    async facts(turn: SettingsTurn): Promise<MethodsFacts> {
      const { settings } = turn.tenant;
      const owned = await ownedBy(turn);
      const { pages } = policyOf(settings, methods);
      const isFull = owned.length >= MOST_METHODS;
      return {
        methods: keptMethods(turn, owned),
        oneWayLeft: isOneWayLeft(settings, methods, owned),
        ordered: owned.some(({ preferredAt }) => preferredAt !== undefined),
        pages: isFull ? [] : pages,
        most: isFull ? MOST_METHODS : undefined,
      };
    },
    /** One method; undefined where the person has no such one. */
    async find(turn: SettingsTurn, id: string): Promise<KeptMethod | undefined> {
      return keptMethods(turn, await ownedBy(turn)).find((method) => method.id === id);
    },
    /** False when it is not there (any more). */
    async rename(turn: SettingsTurn, id: string, typed: string): Promise<boolean> {
      const factor = await findOwn(turn, id);
      if (factor === undefined) return false;
      if (!(await factors.rename(turn.tenantId, turn.account.id, id, labelOf(typed)))) return false;
      events.methodRenamed(turn, about(turn, factor.kind));
      return true;
    },
    /** This one is asked for first; undefined: the last used one again. False when it is not there (any more). */
    async prefer(turn: SettingsTurn, id: string | undefined): Promise<boolean> {
      const factor = id === undefined ? undefined : await findOwn(turn, id);
      if (id !== undefined && factor === undefined) return false;
      if (!(await factors.prefer(turn.tenantId, turn.account.id, id, clock.now()))) return false;
      events.methodPreferred(turn, { account: turn.account.id, method: factor?.kind });
      return true;
    },
    /** Never the last one that counts; the person is told, also at a number that is no more theirs. */
    async remove(turn: SettingsTurn, id: string): Promise<'removed' | 'gone' | 'last'> {
      const { tenantId, tenant, account } = turn;
      const owned = await ownedBy(turn);
      const factor = owned.find((one) => one.id === id);
      if (factor === undefined) return 'gone';
      const kinds = owned.map(({ kind }) => kind);
      const keep = mustKeep(tenant.settings, methods, kinds);
      const answer = await factors.remove(tenantId, account.id, id, keep);
      if (answer === 'last') {
        events.refused(turn, { account: account.id, what: 'method-remove', reason: 'last' });
      }
      if (answer === 'removed') {
        events.methodRemoved(turn, { ...about(turn, factor.kind), replaced: false });
        const to = { ...noticeContext(turn, clock.now()), formerPhone: phoneOf(factor) };
        await notices.tell(to, 'method-removed');
      }
      return answer;
    },
    /** Records what a set-up added, and tells the person. What took another's place is asked for first as that one was. */
    async added(turn: SettingsTurn, { method, factorId, former }: AddedMethod): Promise<void> {
      if (former !== undefined) {
        events.methodRemoved(turn, { ...about(turn, former.kind), replaced: true });
      }
      events.methodEnrolled(turn, about(turn, method));
      const told = notices.tell(noticeContext(turn, clock.now()), 'method-added');
      try {
        if (former?.preferredAt === undefined) return;
        await factors.prefer(turn.tenantId, turn.account.id, factorId, former.preferredAt);
      } finally {
        await told;
      }
    },
  };
}

export type Methods = ReturnType<typeof createMethods>;
