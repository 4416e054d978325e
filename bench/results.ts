import type { BenchOptions } from './arguments.ts';
import type { DatabaseUse } from './database.ts';
import type { Probe } from './measure-existence.ts';
import type { Step } from './sign-in.ts';
import type { Result } from './statistics.ts';

/** One thing done on our server, and on bare oidc-provider where that can do it. */
export interface Compared {
  ours: Result;
  bare?: Result;
}

/** Latency in milliseconds. */
export interface Latency {
  p50: number;
  p95: number;
  p99: number;
  samples: number;
}

/** Milliseconds, over as many tries of each kind. */
export interface Existence {
  known: Pick<Latency, 'p50' | 'p95'>;
  unknown: Pick<Latency, 'p50' | 'p95'>;
  pairs: number;
}

/** All numbers of one run. What was not asked for is not there. */
export interface Results {
  machine: { cpu: string; cores: number; memoryGb: number; system: string };
  versions: Record<string, string>;
  /** When it began, ISO 8601. */
  date: string;
  options: BenchOptions;
  settings: Record<string, unknown>;
  start?: { ms: number[]; medianMs: number };
  /** One check of a password through the product's own hasher, in a process of its own. */
  hash?: { cpuMs: number; wallMs: number; samples: number[] };
  /** By name: sign-in, discovery, jwks, userinfo, introspection, token, refresh. */
  operations: Record<string, Compared>;
  /** Whole sign-ins and each of their requests, one at a time: what each costs when nothing else runs. */
  alone?: Partial<Record<Step | 'whole sign-in', Result>>;
  /** Latency of each request within whole sign-ins under load. */
  stepLatencies?: Partial<Record<Step, Latency>>;
  storm?: { rest: Latency; storm: Latency; ratio: number; signInsPerSecond: number };
  /** Mails that left by the queue, to a mail server on this machine. */
  queue?: { messages: number; seconds: number; perSecond: number };
  /** Events kept when 500 arrive in a second, the longest wait for one, and what the records of one sign-in cost. */
  audit?: { perSecond: number; slowestMs: number; signInCpuMs: number; signInWallMs: number };
  /** By what a stranger tried: the times of names that somebody has, and of names that nobody has. */
  existence?: Partial<Record<Probe, Existence>>;
  memory?: { providerBytes: number; tenantBytes: number; count: number };
  database?: DatabaseUse;
}
