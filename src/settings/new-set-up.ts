import { randomUUID } from 'node:crypto';
import type { FactorMethod, SetUpMethod } from '#src/sign-in/factor.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import { methodsOnPage } from '#src/sign-in/prepare-step.ts';
import type { SetUp } from './set-up-state.ts';
import type { SettingsTurn } from './turn.ts';

/** What is to be set up. `replaces`: id of a factor of the person's, whose kind alone is then offered. */
export interface SetUpAsked {
  page: string;
  replaces?: string | undefined;
}

export type Settable = FactorMethod & { setUp: SetUpMethod };

export function isSettable(method: FactorMethod | undefined): method is Settable {
  return method?.setUp !== undefined;
}

/** Makes what a set-up begins with; keeping it is the caller's. */
export function createNewSetUp({
  factors,
  methods,
}: {
  factors: Pick<FactorStore, 'list'>;
  methods: readonly FactorMethod[];
}) {
  /** By kind of method: what is made before anything is typed. */
  const seedsFor = (kinds: readonly string[]): SetUp['pending'] =>
    Object.fromEntries(
      methods.flatMap(({ kind, setUp }) =>
        kinds.includes(kind) && setUp?.begin !== undefined ? [[kind, setUp.begin()]] : [],
      ),
    );
  return {
    seedsFor,
    /** One of a page of methods that the tenant allows; undefined where there is nothing to set up. */
    async make(turn: SettingsTurn, { page, replaces }: SetUpAsked): Promise<SetUp | undefined> {
      const { tenantId, account } = turn;
      const owned = replaces === undefined ? [] : await factors.list(tenantId, account.id);
      const former = owned.find(({ id }) => id === replaces);
      if (replaces !== undefined && former === undefined) return undefined;
      const kinds = methodsOnPage(turn, methods, page)
        .map(({ kind }) => kind)
        .filter((kind) => former === undefined || former.kind === kind);
      if (kinds.length === 0) return undefined;
      const made = { id: randomUUID(), kinds, replaces, pending: seedsFor(kinds) };
      return { ...made, typedLabel: former?.label, elsewhere: false, finished: false };
    },
  };
}
