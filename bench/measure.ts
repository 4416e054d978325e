import { Application } from './application.ts';
import type { BenchOptions } from './arguments.ts';
import type { Target } from './installation.ts';
import { drive, each, inTurn, type Load } from './load.ts';
import type { Latency, Results } from './results.ts';
import { nextCode, type Session, SignIn, STEPS, type Step } from './sign-in.ts';
import { percentile, type Result, type Slice, summarise } from './statistics.ts';
import type { Person } from './visitor.ts';

/** What every measurement works with. */
export interface Bench {
  options: BenchOptions;
  ours: Target;
  people: () => Person;
  signal: AbortSignal;
  results: Results;
}

/** Slices of each kind; more in a full run, so that a disturbed one does not count. */
export const rounds = ({ quick }: BenchOptions) => (quick ? 2 : 5);

/** How many people take the steps of a sign-in side by side, and how often. */
export const stepBatch = ({ quick }: BenchOptions) =>
  quick ? { people: 30, batches: 2 } : { people: 100, batches: 6 };

/** Seconds of quiet, and of storm. */
export const stormSeconds = ({ seconds }: BenchOptions) => Math.max(2.5, seconds * 2);

/** Latency of some milliseconds. */
export function latencyOf(ms: readonly number[]): Latency {
  return {
    p50: percentile(ms, 50),
    p95: percentile(ms, 95),
    p99: percentile(ms, 99),
    samples: ms.length,
  };
}

/** One slice of load; with the run's own number of clients unless another is given. */
function slice(
  { options, signal }: Bench,
  target: Target,
  { next, seconds, clients = options.clients }: { next: Load['next']; seconds: number; clients?: number },
): Promise<Slice> {
  target.process.forgetWords();
  return drive({
    next,
    clients,
    seconds,
    cpu: () => target.cpu(),
    hashing: () => target.process.hashingMs(),
    signal,
  });
}

const UNTIL_DONE = Number.POSITIVE_INFINITY;

/** A sign-in of the next person, each time; `told` hears of the time of each step. */
function signIns({ ours, people }: Bench, told?: (step: Step, ms: number) => void): Load['next'] {
  return () => {
    const signIn = new SignIn(ours, people());
    return () => signIn.all(told);
  };
}

/**
 * Whole sign-ins, `clients` at a time for throughput, and one at a time for what one costs: hashes that run side by
 * side slow each other down, so neither cost could be compared with that of one hash alone. `between` runs after
 * every slice of the latter, to measure that hash in the same minutes.
 */
export async function measureSignIns(bench: Bench, between: () => Promise<void>): Promise<void> {
  const { ours, options, results } = bench;
  const { seconds } = options;
  const byStep = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
  const crowd: Slice[] = [];
  const alone: Slice[] = [];
  await slice(bench, ours, { next: signIns(bench), seconds: seconds * 2 });
  for (let round = 0; round < rounds(options); round += 1) {
    const next = signIns(bench, (step, ms) => byStep.get(step)?.push(ms));
    crowd.push(await slice(bench, ours, { next, seconds }));
    alone.push(await slice(bench, ours, { next: signIns(bench), seconds, clients: 1 }));
    await between();
  }
  results.operations['sign-in'] = { ours: summarise(crowd) };
  results.alone = { ...results.alone, 'whole sign-in': summarise(alone) };
  results.stepLatencies = Object.fromEntries([...byStep].map(([step, ms]) => [step, latencyOf(ms)]));
}

/** Many sign-ins that take each step one after another: what each kind of request costs. */
export async function measureSteps(bench: Bench, between: () => Promise<void>): Promise<void> {
  const { ours, options, people, results } = bench;
  const slices = new Map<Step, Slice[]>(STEPS.map((step) => [step, []]));
  const { people: count, batches } = stepBatch(options);
  for (let batch = 0; batch < batches; batch += 1) {
    const several = Array.from({ length: count }, () => new SignIn(ours, people()));
    for (const step of STEPS) {
      const next = each(several, (signIn) => signIn.step(step));
      slices.get(step)?.push(await slice(bench, ours, { next, seconds: UNTIL_DONE, clients: 1 }));
    }
    await between();
  }
  const summaries = [...slices].map(([step, all]) => [step, summarise(all)]);
  results.alone = { ...results.alone, ...Object.fromEntries(summaries) };
}

/** People who are signed in at a server, with as many sessions. */
export interface Field {
  target: Target;
  sessions: readonly Session[];
}

/** Makes an endpoint's operations ready: what a slice works through. */
type Prepare = (bench: Bench, field: Field) => Promise<Load['next']>;

const application = ({ target }: Field) => new Application(target.client, target.issuer);

/** Codes by single sign-on: those who are signed in already are sent back without a page. */
async function makeCodes(bench: Bench, { target, sessions }: Field, count: number): Promise<string[]> {
  const codes: string[] = [];
  let begun = 0;
  const make = inTurn(sessions, async (session) => {
    codes.push(await nextCode(session));
  });
  const next = () => {
    begun += 1;
    return begun > count ? undefined : make();
  };
  await slice(bench, target, { next, seconds: UNTIL_DONE });
  return codes;
}

/** Codes made ready for each second of a slice; a machine that is faster ends it earlier. */
const CODES_PER_SECOND = 400;

/** New tokens for everybody: an access token lives ten minutes, which a long run outlasts. */
async function renew(field: Field): Promise<void> {
  const app = application(field);
  for (const session of field.sessions) session.tokens = await app.refresh(session.tokens.refresh);
}

const ENDPOINTS: Readonly<Record<string, Prepare>> = {
  discovery: async (_bench, field) => {
    const app = application(field);
    return () => () => app.discovery();
  },
  jwks: async (_bench, field) => {
    const app = application(field);
    return () => () => app.jwks();
  },
  userinfo: async (_bench, field) => {
    await renew(field);
    const app = application(field);
    return inTurn(field.sessions, ({ tokens, person }) => app.userinfo(tokens.access, person));
  },
  introspection: async (_bench, field) => {
    await renew(field);
    const app = application(field);
    return inTurn(field.sessions, ({ tokens, person }) => app.introspect(tokens.access, person));
  },
  token: async (bench, field) => {
    const app = application(field);
    const codes = await makeCodes(bench, field, Math.ceil(bench.options.seconds * CODES_PER_SECOND));
    return each(codes, async (code) => {
      await app.exchange(code);
    });
  },
  refresh: async (_bench, field) => {
    const app = application(field);
    return inTurn(field.sessions, async (session) => {
      session.tokens = await app.refresh(session.tokens.refresh);
    });
  },
};

/**
 * One endpoint on each server, slices in turn, so that a change of the machine's pace meets both. The first slice of
 * each warms it up.
 */
export async function measureEndpoint(bench: Bench, name: string, fields: readonly Field[]): Promise<void> {
  const { options, results } = bench;
  const prepare = ENDPOINTS[name];
  if (prepare === undefined) throw new Error(`no endpoint is called ${name}`);
  const slices = new Map<Target['name'], Slice[]>();
  for (let round = 0; round <= rounds(options); round += 1) {
    for (const field of fields) {
      const next = await prepare(bench, field);
      const done = await slice(bench, field.target, { next, seconds: options.seconds });
      if (round > 0) slices.set(field.target.name, [...(slices.get(field.target.name) ?? []), done]);
    }
  }
  const summary = (of: Target['name']): Result | undefined => {
    const all = slices.get(of);
    return all === undefined ? undefined : summarise(all);
  };
  const [ours, bare] = [summary('ours'), summary('bare')];
  if (ours !== undefined) results.operations[name] = { ours, ...(bare && { bare }) };
}

/** Token exchanges in a second, while it is quiet and while it storms. */
const PROBES_PER_SECOND = 40;

async function probe(bench: Bench, field: Field, seconds: number): Promise<Latency> {
  const app = application(field);
  const codes = await makeCodes(bench, field, Math.ceil(seconds * PROBES_PER_SECOND));
  const begun = performance.now();
  const latencies: number[] = [];
  await Promise.all(
    codes.map(async (code, index) => {
      const due = begun + (index * 1000) / PROBES_PER_SECOND;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      bench.signal.throwIfAborted();
      const started = performance.now();
      await app.exchange(code);
      latencies.push(performance.now() - started);
    }),
  );
  return latencyOf(latencies);
}

/** How long an exchange of a code takes while nothing else happens, and while many sign in at once. */
export async function measureStorm(bench: Bench, field: Field): Promise<void> {
  const { ours, options, results } = bench;
  const seconds = stormSeconds(options);
  await probe(bench, field, seconds / 2);
  const rest = await probe(bench, field, seconds);
  const over = new AbortController();
  const more = signIns(bench);
  const next = () => (over.signal.aborted ? undefined : more());
  const storming = slice(bench, ours, { next, seconds: UNTIL_DONE });
  const storm = await probe(bench, field, seconds).finally(() => over.abort());
  const { operations, seconds: took } = await storming;
  results.storm = { rest, storm, ratio: storm.p95 / rest.p95, signInsPerSecond: operations / took };
}
