import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { settingsSchema } from '#config/settings.ts';
import packageJson from '../package.json' with { type: 'json' };
import { findProgram, redisServer } from '../test/support/programs.ts';
import type { BenchOptions, MeasureName } from './arguments.ts';
import { runChild, versionOf } from './child.ts';
import {
  createSecondDatabase,
  databaseUse,
  fillAccounts,
  forgetUse,
  postgresVersion,
  tenantIdIn,
} from './database.ts';
import {
  type Ground,
  type OurServer,
  POOL_SIZE,
  prepareGround,
  startBare,
  startOurs,
} from './installation.ts';
import {
  type Bench,
  type Field,
  measureEndpoint,
  measureSignIns,
  measureSteps,
  measureStorm,
  rounds,
  stepBatch,
  stormSeconds,
} from './measure.ts';
import { measureAudit } from './measure-audit.ts';
import { measureExistence, peopleProbed } from './measure-existence.ts';
import { Progress, type Stage } from './progress.ts';
import type { Results } from './results.ts';
import { openSessions } from './sessions.ts';
import { PASSWORD } from './sign-in.ts';
import { median } from './statistics.ts';
import { addPeople, openStores } from './stores.ts';
import { type Person, takeTurns } from './visitor.ts';

export interface RunParts {
  options: BenchOptions;
  signal: AbortSignal;
  write(line: string): void;
}

const PASSWORD_COST = settingsSchema.shape.password.parse({});

/** What a run is about, before anything is measured. */
function describe(options: BenchOptions): Results {
  const { dependencies, version } = packageJson;
  return {
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: {
      poortwachter: version,
      node: process.versions.node,
      'oidc-provider': dependencies['oidc-provider'],
    },
    date: new Date().toISOString(),
    options,
    settings: { password: PASSWORD_COST, poolSize: POOL_SIZE, log: 'info, JSON, to a file' },
    operations: {},
  };
}

/** Most sign-ins that a core can do in a second. */
const SIGN_INS_PER_CORE = 50;
/** Seconds after which a person may sign in again: then the app shows another code. */
const TURN = 31;

const sessionsFor = ({ quick, clients }: BenchOptions) => Math.max(quick ? 32 : 64, clients * 2);

/** As many people as can sign in before the first one's turn comes again. */
function peopleNeeded(options: BenchOptions): number {
  const busy = (measure: MeasureName, seconds: number) => (options.only.includes(measure) ? seconds : 0);
  const seconds =
    busy('sign-in', (2 + 2 * rounds(options)) * options.seconds) + busy('storm', stormSeconds(options));
  const each = busy('steps', stepBatch(options).people * stepBatch(options).batches);
  const probed = busy('existence', peopleProbed({ options }));
  const running = Math.min(TURN, seconds) * SIGN_INS_PER_CORE * availableParallelism();
  return Math.ceil(2 * sessionsFor(options) + each + probed + running);
}

/** Fills the database and gives those who can sign in, spread among the others. */
async function populate(ground: Ground, parts: RunParts, progress: Progress): Promise<Person[]> {
  const { options, signal } = parts;
  await using hasher = await openPasswordHasher({ ...PASSWORD_COST, threads: 1 });
  const passwordHash = await hasher.hash(PASSWORD);
  const { url, ownerUrl } = ground.database;
  const tenantId = await tenantIdIn(ownerUrl);
  await using stores = openStores({ databaseUrl: url, masterKey: ground.masterKey, poolSize: POOL_SIZE });
  const count = peopleNeeded(options);
  const people: Person[] = [];
  const portions = options.accounts > 0 ? 20 : 1;
  const each = Math.ceil(count / portions);
  const add = async () => {
    const from = people.length + 1;
    people.push(...(await addPeople(stores, { tenantId, from, count: each, passwordHash })));
  };
  if (options.accounts > 0) {
    const begun = performance.now();
    let told = 0;
    await fillAccounts({
      ...{ ownerUrl, tenantId, passwordHash, signal, count: options.accounts },
      async onProgress(done) {
        if (people.length < count * (done / options.accounts)) await add();
        if (performance.now() - told < 2000 && done < options.accounts) return;
        told = performance.now();
        const left = ((told - begun) / done) * (options.accounts - done);
        progress.say(`${done} of ${options.accounts} accounts, about ${Math.ceil(left / 1000)} s left`);
      },
    });
  }
  while (people.length < count) await add();
  return people;
}

const hashAnswer = z.object({ cpuMs: z.number(), wallMs: z.number(), hashes: z.number() });

async function measureHash({ options, results, signal }: Bench): Promise<void> {
  const seconds = options.quick ? 0.5 : 1.5;
  const { cpuMs, wallMs } = hashAnswer.parse(
    await runChild('./hash-process.ts', [String(seconds)], { signal }),
  );
  const samples = [...(results.hash?.samples ?? []), cpuMs];
  results.hash = { cpuMs: median(samples), wallMs: results.hash?.wallMs ?? wallMs, samples };
}

async function measureStart(ground: Ground, first: OurServer, { options, results }: Bench): Promise<void> {
  const ms = [first.startMs];
  for (let more = options.quick ? 1 : 4; more > 0; more -= 1) {
    await using again = await startOurs(ground);
    ms.push(again.startMs);
  }
  // The first one is apart: it makes the keys of a new installation.
  results.start = { ms, medianMs: median(ms.slice(1)) };
}

const memoryAnswer = z.object({ providerBytes: z.number(), tenantBytes: z.number(), count: z.number() });

async function measureMemory({ options, results, signal }: Bench): Promise<void> {
  const nodeArgs = ['--expose-gc'];
  const count = options.quick ? 100 : 500;
  results.memory = memoryAnswer.parse(
    await runChild('./memory-process.ts', [String(count)], { signal, nodeArgs }),
  );
}

const queueAnswer = z.object({ messages: z.number(), seconds: z.number(), perSecond: z.number() });

async function measureQueue(ground: Ground, { options, results, signal }: Bench): Promise<void> {
  const { url, tenantId } = await createSecondDatabase(ground.serverUrl, ground.database, 'queue');
  const count = options.quick ? 100 : 500;
  results.queue = queueAnswer.parse(
    await runChild('./queue-process.ts', [url, tenantId, String(count)], { signal }),
  );
}

/** Starts what is compared with only when something is. */
function createFields(ground: Ground, bench: Bench, owned: AsyncDisposableStack) {
  const count = sessionsFor(bench.options);
  let ours: Promise<Field> | undefined;
  let bare: Promise<Field> | undefined;
  const open = async (target: Field['target']): Promise<Field> => ({
    target,
    sessions: await openSessions(target, bench.people, count),
  });
  const openBare = async () =>
    open(owned.use(await startBare(ground, await tenantIdIn(ground.database.ownerUrl))));
  return {
    ours: () => {
      ours ??= open(bench.ours);
      return ours;
    },
    bare: () => {
      bare ??= openBare();
      return bare;
    },
  };
}

const ENDPOINT_MEASURES = ['discovery', 'jwks', 'userinfo', 'introspection', 'token', 'refresh'] as const;

type Work = Stage & { name: MeasureName; run(): Promise<void> };

function createWorks(ground: Ground, server: OurServer, bench: Bench, owned: AsyncDisposableStack): Work[] {
  const { options } = bench;
  const { seconds } = options;
  const slices = options.quick ? 3 : 6;
  const fields = createFields(ground, bench, owned);
  const hashSeconds = options.quick ? 0.9 : 2;
  const hash = () => measureHash(bench);
  const endpoint = (name: (typeof ENDPOINT_MEASURES)[number]): Work => ({
    name,
    title: `${name}, ours and bare oidc-provider`,
    seconds: slices * seconds * 2 + 1,
    run: async () => measureEndpoint(bench, name, [await fields.ours(), await fields.bare()]),
  });
  return [
    { name: 'start', title: 'start to ready', seconds: 2, run: () => measureStart(ground, server, bench) },
    { name: 'hash', title: 'one password hash', seconds: hashSeconds, run: hash },
    // Before the sign-ins, which these warm up: what follows each of them is the same code.
    ...ENDPOINT_MEASURES.map(endpoint),
    {
      name: 'sign-in',
      title: 'whole sign-ins, beside single hashes',
      seconds: 2 * slices * seconds + slices * hashSeconds,
      run: () => measureSignIns(bench, hash),
    },
    {
      name: 'steps',
      title: 'sign-ins step by step, beside single hashes',
      seconds: options.quick ? 5 : 30,
      run: () => measureSteps(bench, hash),
    },
    {
      name: 'storm',
      title: 'tokens in a sign-in storm',
      seconds: stormSeconds(options) * 2.6,
      run: async () => measureStorm(bench, await fields.ours()),
    },
    { name: 'memory', title: 'memory of Providers and tenants', seconds: 3, run: () => measureMemory(bench) },
    {
      name: 'queue',
      title: 'mails from the queue to a mail server',
      seconds: options.quick ? 4 : 10,
      run: () => measureQueue(ground, bench),
    },
    {
      name: 'audit',
      title: 'events to the audit log',
      seconds: options.quick ? 6 : 25,
      run: () => measureAudit(ground, bench),
    },
    {
      name: 'existence',
      title: 'names that somebody has, and names that nobody has',
      seconds: options.quick ? 6 : 40,
      run: () => measureExistence(bench),
    },
  ];
}

/** Runs everything that was asked for. Rejects on the first answer that is not the right one. */
export async function runBench(parts: RunParts): Promise<Results> {
  const { options, signal, write } = parts;
  const results = describe(options);
  await using owned = new AsyncDisposableStack();
  write('starting Postgres, Redis and the server, and adding people (about 10 s)');
  const ground = owned.use(await prepareGround(write));
  results.versions.postgres = await postgresVersion(ground.serverUrl);
  results.versions.redis = await versionOf(findProgram(redisServer) ?? '');
  const { profile } = options;
  const profiler = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
  const server = owned.use(await startOurs(ground, profiler));
  const quiet = new Progress([], write);
  const people = takeTurns(await populate(ground, parts, quiet));
  await forgetUse(ground.serverUrl);
  const bench: Bench = { options, ours: server, people, signal, results };
  const works = createWorks(ground, server, bench, owned).filter(({ name }) => options.only.includes(name));
  const progress = new Progress(works, write);
  for (const work of works) {
    signal.throwIfAborted();
    progress.next();
    await work.run();
  }
  results.database = await databaseUse(ground.database.ownerUrl);
  return results;
}
