import { parseArgs } from 'node:util';

/** What one can measure, in the order it is measured. */
export const MEASURES = [
  'start',
  'hash',
  'sign-in',
  'steps',
  'discovery',
  'jwks',
  'userinfo',
  'introspection',
  'token',
  'refresh',
  'storm',
  'memory',
  'queue',
  'audit',
  'existence',
] as const;

export type MeasureName = (typeof MEASURES)[number];

/** How a run was asked for. */
export interface BenchOptions {
  quick: boolean;
  /** Accounts in the database beside those that sign in. */
  accounts: number;
  /** File for the results. */
  json: string | undefined;
  /** Folder for a CPU profile of the server. */
  profile: string | undefined;
  only: readonly MeasureName[];
  /** Seconds of each measured slice. */
  seconds: number;
  /** Requests under way at a time. */
  clients: number;
  /** Makes a missed target a failure. */
  check: boolean;
}

export type ArgumentsResult =
  | { kind: 'run'; options: BenchOptions }
  | { kind: 'help' }
  | { kind: 'faults'; faults: string[] };

export const HELP = `Measures how fast this product is, on a Postgres and a Redis of its own.

  npm run bench -- [options]

  --quick           less than a minute, with rougher numbers
  --accounts N      fill the account table with N more people first, such as 1000000
  --only NAME       measure just this; may be repeated or a list with commas:
                    ${MEASURES.slice(0, 6).join(', ')},
                    ${MEASURES.slice(6).join(', ')}
  --seconds N       length of each measured slice (default 3, with --quick 0.7)
  --clients N       requests under way at a time (default 8)
  --json FILE       write all numbers to FILE
  --profile FOLDER  write a CPU profile of the server there, for Chrome's developer tools
  --check           end with 1 when a target is missed
  --help            show this
`;

const QUICK_SECONDS = 0.7;
const FULL_SECONDS = 3;
const CLIENTS = 8;

const known = {
  quick: { type: 'boolean', default: false },
  accounts: { type: 'string' },
  only: { type: 'string', multiple: true },
  seconds: { type: 'string' },
  clients: { type: 'string' },
  json: { type: 'string' },
  profile: { type: 'string' },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

interface Bound {
  least: number;
  most: number;
  whole: boolean;
}

function isMeasure(name: string): name is MeasureName {
  return MEASURES.some((measure) => measure === name);
}

/** Reads the arguments of `npm run bench --`; every fault is told at once, in words. */
export function readArguments(args: readonly string[]): ArgumentsResult {
  const faults: string[] = [];
  const number = (name: string, text: string | undefined, otherwise: number, bound: Bound): number => {
    if (text === undefined) return otherwise;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const fits = value >= bound.least && value <= bound.most && (!bound.whole || Number.isInteger(value));
    if (fits) return value;
    faults.push(
      `--${name} must be a ${bound.whole ? 'whole ' : ''}number from ${bound.least} to ${bound.most}, not "${text}"`,
    );
    return otherwise;
  };
  const parsed = parse(args);
  if ('fault' in parsed) return { kind: 'faults', faults: [parsed.fault] };
  const { quick, only = [], json, profile, check, help, accounts, seconds, clients } = parsed.values;
  if (help) return { kind: 'help' };
  const names = only.flatMap((text) => text.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (!isMeasure(name)) faults.push(`--only knows no "${name}"; there are ${MEASURES.join(', ')}`);
  }
  if (json === '') faults.push('--json needs the name of a file');
  if (profile === '') faults.push('--profile needs the name of a folder');
  const options = {
    quick,
    check,
    json,
    profile,
    accounts: number('accounts', accounts, 0, { least: 0, most: 20_000_000, whole: true }),
    only: names.length === 0 ? MEASURES : MEASURES.filter((measure) => names.includes(measure)),
    seconds: number('seconds', seconds, quick ? QUICK_SECONDS : FULL_SECONDS, {
      least: 0.1,
      most: 600,
      whole: false,
    }),
    clients: number('clients', clients, CLIENTS, { least: 1, most: 256, whole: true }),
  };
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'run', options };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: false, strict: true });
  } catch (error) {
    return { fault: error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'unreadable arguments' };
  }
}
