import type { Probe } from './measure-existence.ts';
import type { Results } from './results.ts';
import type { Result } from './statistics.ts';

/** One speed to reach, and whether it is; `value` undefined when it was not measured. */
export interface Target {
  name: string;
  value: number | undefined;
  limit: number;
  unit: string;
  /** Whether the limit is the most or the least that is allowed. */
  bound: 'most' | 'least';
  reached: boolean | undefined;
}

type Judged = Omit<Target, 'reached'>;

function judge(target: Judged): Target {
  const { value, limit, bound } = target;
  if (value === undefined) return { ...target, reached: undefined };
  return { ...target, reached: bound === 'most' ? value <= limit : value >= limit };
}

/** How much of its CPU time ours needs for what bare oidc-provider does: throughput per CPU, ours over bare. */
export function ofBare(results: Results, name: string): number | undefined {
  const { ours, bare } = results.operations[name] ?? {};
  return ours === undefined || bare === undefined ? undefined : bare.cpuMs / ours.cpuMs;
}

/** CPU of something in password hashes. */
export function inHashes(results: Results, cpuMs: number | undefined): number | undefined {
  const hash = results.hash?.cpuMs;
  return hash === undefined || cpuMs === undefined ? undefined : cpuMs / hash;
}

/** How often the hash in it a request or a sign-in costs altogether, all of it measured in the same moments. */
export function timesItsHash(result: Result | undefined): number | undefined {
  return result === undefined || result.hashMs === 0 ? undefined : result.cpuMs / result.hashMs;
}

function kilobytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1000;
}

/** Milliseconds between the medians of names that somebody has and of those that nobody has. */
function apart({ existence }: Results, probe: Probe): number | undefined {
  const of = existence?.[probe];
  return of && Math.abs(of.known.p50 - of.unknown.p50);
}

/** Every speed to reach, in a fixed order. */
export function targetsOf(results: Results): Target[] {
  const { alone, storm, memory, queue, audit, start } = results;
  const most = (name: string, value: number | undefined, limit: number, unit: string): Target =>
    judge({ name, value, limit, unit, bound: 'most' });
  const bare = (name: string, limit: number): Target =>
    judge({
      name: `${name}, of bare oidc-provider`,
      value: ofBare(results, name),
      limit,
      unit: '×',
      bound: 'least',
    });
  return [
    most('password POST', timesItsHash(alone?.['password POST']), 1.3, '× its hash'),
    most('whole sign-in', timesItsHash(alone?.['whole sign-in']), 2, '× its hash'),
    bare('userinfo', 0.35),
    bare('token', 0.5),
    bare('refresh', 0.5),
    bare('introspection', 0.5),
    most('token p95 in a sign-in storm', storm?.ratio, 5, '× at rest'),
    most('a kept Provider', kilobytes(memory?.providerBytes), 200, 'kB'),
    most('a tenant at rest', kilobytes(memory?.tenantBytes), 60, 'kB'),
    // 500 arrive: what is kept is a little less, because the last ones are waited for.
    judge({
      name: 'events to the audit log',
      value: audit?.perSecond,
      limit: 490,
      unit: 'per s',
      bound: 'least',
    }),
    most('a sign-in’s records', audit?.signInCpuMs, 1, 'ms of CPU'),
    judge({
      name: 'mails from the queue',
      value: queue?.perSecond,
      limit: 50,
      unit: 'per s',
      bound: 'least',
    }),
    most('known and unknown, wrong password', apart(results, 'wrong password'), 2, 'ms apart'),
    most(
      'known and unknown, asking for a new password',
      apart(results, 'asking for a new password'),
      2,
      'ms apart',
    ),
    most('start to ready', start && start.medianMs / 1000, 2, 's'),
  ];
}
