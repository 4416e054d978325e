import fc from 'fast-check';
import { type Plan, planOf } from '#src/enrolment/plan.ts';
import { NOTHING_KNOWN } from '#src/enrolment/ports.ts';
import type { FlowProof, SignInFlow } from '#src/sign-in/flow-state.ts';
import { next, type SignInEvent, startFlow } from '#src/sign-in/sign-in-flow.ts';

/** A tenant with every page, as the product's own methods make them. */
export const PAGES = [
  { page: 'sms', kinds: ['sms'] },
  { page: 'yubikey', kinds: ['webauthn', 'yubico-otp'] },
  { page: 'app', kinds: ['totp'] },
];
export const KINDS = ['sms', 'webauthn', 'yubico-otp', 'totp'] as const;

/** The plan of somebody of whom nothing is known yet, in a tenant that asks everything. */
export const FIRST_PLAN = planOf(
  { pages: PAGES, required: [], backupCode: true, asks: 'question-and-email' },
  { owned: [], record: NOTHING_KNOWN, email: undefined, emailVerified: false },
);

/** The plan of somebody who has nothing left to do. */
export const DONE_PLAN: Plan = planOf(
  { pages: PAGES, required: [], backupCode: true, asks: 'question-and-email' },
  {
    owned: ['totp'],
    record: {
      ...NOTHING_KNOWN,
      finishedAt: 1,
      askedQuestion: true,
      backupCode: 'code',
      backupCodeWorks: true,
    },
    email: undefined,
    emailVerified: false,
  },
);

export const account = fc.constantFrom('anna', 'bert');
export const kind = fc.constantFrom(...KINDS);
const kinds = fc.uniqueArray(kind, { maxLength: 3 });

/** Any policy of a tenant. */
export const policy = fc
  .record({
    pages: fc.shuffledSubarray(PAGES, { minLength: 1 }),
    required: fc.subarray([...KINDS], { maxLength: 2 }),
    backupCode: fc.boolean(),
    asks: fc.constantFrom('question-and-email' as const, 'email' as const, undefined),
  })
  .map((made) => ({
    ...made,
    required: made.required.filter((name) => made.pages.some((entry) => entry.kinds.includes(name))),
  }));

/** What is known of any person; a page that was skipped may have a method all the same. */
export const facts = fc.record({
  owned: kinds,
  record: fc.record({
    skipped: fc.subarray(['sms', 'yubikey', 'app']),
    finishedAt: fc.option(fc.nat(), { nil: undefined }),
    backupCode: fc.option(fc.constant('code'), { nil: undefined }),
    backupCodeWorks: fc.boolean(),
    askedQuestion: fc.boolean(),
  }),
  email: fc.option(fc.constant('anna@example.org'), { nil: undefined }),
  emailVerified: fc.boolean(),
});

/** What an application insists on. */
export const demand = fc.option(fc.constantFrom({ kinds: ['webauthn'] }, { kinds: [] }), { nil: undefined });

export const plan = fc.tuple(policy, facts, demand).map(([of, who, wish]) => planOf(of, who, wish));

const proof: fc.Arbitrary<FlowProof> = fc.record({
  method: kind,
  amr: fc.constant(['otp' as const]),
  phishingResistant: fc.boolean(),
  at: fc.nat(),
});

const problem = fc.oneof(
  fc.record({ kind: fc.constant('refused' as const), method: kind, reason: fc.constant('wrong' as const) }),
  fc.constant({ kind: 'none-chosen' as const }),
  fc.nat().map((until) => ({ kind: 'wait' as const, until })),
);

const sent = fc.record({
  channel: fc.constantFrom('sms' as const, 'voice' as const),
  ending: fc.constant('78'),
  at: fc.nat(),
  againAt: fc.nat(),
  again: fc.boolean(),
});

const tagged = <Kind extends SignInEvent['kind']>(name: Kind) => fc.constant({ kind: name });

/** Anything that a handler might report, at any moment. */
export const event: fc.Arbitrary<SignInEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('password-refused' as const),
    loginName: fc.string(),
    problem: fc.constant({ kind: 'wrong' as const }),
  }),
  fc
    .record({ kind: fc.constant('password-accepted' as const), accountId: account, methods: kinds, plan })
    .map((made) => ({ ...made, loginName: made.accountId })),
  fc.record({ kind: fc.constant('account-disabled' as const), accountId: account }),
  fc.record({ kind: fc.constant('refused' as const), problem }),
  fc.record({ kind: fc.constant('method-chosen' as const), method: kind }),
  fc.record({ kind: fc.constant('code-sent' as const), sent }),
  fc.record({
    kind: fc.constant('factor-proved' as const),
    accountId: account,
    proof,
    usedUp: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('factor-exists' as const), accountId: account, methods: kinds, plan }),
  fc.record({
    kind: fc.constant('method-added' as const),
    accountId: account,
    page: fc.constantFrom('sms', 'yubikey', 'app'),
    proof,
    pageDone: fc.boolean(),
  }),
  tagged('set-up-renewed'),
  tagged('skipped'),
  tagged('skipped'),
  tagged('back'),
  tagged('backup-code-kept'),
  fc.record({
    kind: fc.constant('first-sign-in-refused' as const),
    typed: fc.constant({ question: '', answer: '', email: '' }),
    problems: fc.constant({ email: 'required' }),
  }),
  fc.record({
    kind: fc.constant('first-sign-in-saved' as const),
    confirm: fc.option(fc.constant('anna@example.org'), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('mail-sent' as const),
    mail: fc.record({ state: fc.constant('sent' as const), againAt: fc.nat() }),
  }),
  tagged('email-proved'),
  tagged('email-change'),
  tagged('overtaken'),
  tagged('start-over'),
);

/** Long enough to get all the way, which the events of `likely` lead to. */
export const events = fc.array(event, { maxLength: 30 });

/** Events of one person who gets somewhere: without them most runs of chance end at the password. */
export const likely: fc.Arbitrary<SignInEvent[]> = fc
  .tuple(
    fc.array(event, { maxLength: 2 }),
    event.filter((made) => made.kind === 'password-accepted'),
    fc.array(event, { maxLength: 25 }),
  )
  .map(([before, accepted, after]) => [...before, accepted, ...after]);

/** Plays events as the handlers do: what next() refuses leaves the flow as it was. */
export function play(list: readonly SignInEvent[], from: SignInFlow = startFlow()): SignInFlow {
  return list.reduce<SignInFlow>((flow, happened) => next(flow, happened) ?? flow, from);
}
