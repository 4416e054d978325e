import type { AccountId } from '#src/account/account.ts';
import { answerCounters, passwordCounters, secondStepCounters, setUpCounters } from './policy.ts';
import { type Lane, STRANGERS, type WaitCounter } from './ports.ts';

/** A counter of wrong tries at one account. `method` is undefined where it is over all methods. */
export interface AccountCounter {
  of: 'password' | 'second-step' | 'set-up' | 'answer';
  lane: Lane;
  method: string | undefined;
  counter: WaitCounter;
}

/** Neither a name nor an address is part of what counts against a known account. */
const NOWHERE = { nameDigest: '', address: '' };

/**
 * Every counter that makes somebody wait at this account, for operators: in the strangers' lane and in `lanes`, for each
 * of `methods` and over all. Counters of addresses are no account's, and not among them.
 */
export function accountCounters(of: {
  accountId: AccountId;
  lanes: readonly Lane[];
  methods: readonly string[];
}): AccountCounter[] {
  const { accountId, methods } = of;
  const lanes = [STRANGERS, ...of.lanes.filter((lane) => lane !== STRANGERS)];
  const counters = lanes.flatMap((lane): AccountCounter[] => {
    const password = passwordCounters({ account: accountId, lane, ...NOWHERE }).waits;
    const [, overAll] = secondStepCounters({ accountId, method: '', lane, ...NOWHERE }).waits;
    const byMethod = methods.flatMap((method) => {
      const [counter] = secondStepCounters({ accountId, method, lane, ...NOWHERE }).waits;
      return counter === undefined ? [] : [{ of: 'second-step' as const, lane, method, counter }];
    });
    return [
      ...password.map((counter) => ({ of: 'password' as const, lane, method: undefined, counter })),
      ...byMethod,
      ...(overAll === undefined
        ? []
        : [{ of: 'second-step' as const, lane, method: undefined, counter: overAll }]),
    ];
  });
  const others = [
    ['set-up', setUpCounters({ accountId, address: '' })],
    ['answer', answerCounters({ accountId, address: '' })],
  ] as const;
  return [
    ...counters,
    ...others.flatMap(([what, { waits }]) =>
      waits.map((counter) => ({ of: what, lane: STRANGERS, method: undefined, counter })),
    ),
  ];
}
