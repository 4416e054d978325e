import type { Results } from './results.ts';
import { STEPS } from './sign-in.ts';
import type { Result } from './statistics.ts';
import { drawTable, figure } from './table.ts';
import { inHashes, ofBare, type Target, targetsOf } from './targets.ts';

const HEAD = ['', 'per s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms', 'hashes', 'bare CPU', 'of bare'];

function ratio(value: number | undefined, unit: string): string {
  return value === undefined ? '' : `${figure(value)}${unit}`;
}

function row(results: Results, name: string, result: Result, bareOf?: string): string[] {
  const { perSecond, p50, p95, p99, cpuMs } = result;
  const bare = bareOf === undefined ? undefined : results.operations[bareOf]?.bare?.cpuMs;
  const share = bareOf === undefined ? undefined : ofBare(results, bareOf);
  return [
    name,
    ...[perSecond, p50, p95, p99, cpuMs].map(figure),
    ratio(inHashes(results, cpuMs), ''),
    ratio(bare, ''),
    share === undefined ? '' : `${(share * 100).toFixed(0)} %`,
  ];
}

function operationRows(results: Results): string[][] {
  const rows: string[][] = [];
  const { alone = {}, options } = results;
  const crowd = `whole sign-in, ${options.clients} at a time`;
  const signIn = results.operations['sign-in'];
  if (signIn !== undefined) rows.push(row(results, crowd, signIn.ours));
  if (alone['whole sign-in'] !== undefined) {
    rows.push(row(results, 'whole sign-in, one at a time', alone['whole sign-in']));
  }
  for (const step of STEPS) {
    const result = alone[step];
    if (result !== undefined) rows.push(row(results, `  ${step}`, result));
  }
  for (const [name, { ours }] of Object.entries(results.operations)) {
    if (name !== 'sign-in') rows.push(row(results, name, ours, name));
  }
  return rows;
}

function* otherLines({
  alone,
  hash,
  start,
  storm,
  memory,
  queue,
  audit,
  existence = {},
  database,
}: Results): Generator<string> {
  const own = alone?.['whole sign-in'] ?? alone?.['password POST'];
  if (own !== undefined && own.hashMs > 0) {
    yield `The hash in a sign-in: ${figure(own.hashMs)} ms CPU of the server's hashing threads.`;
  }
  if (hash)
    yield `One password hash after another, elsewhere: ${figure(hash.cpuMs)} ms CPU, ${figure(hash.wallMs)} ms on the clock.`;
  if (start) yield `Start to ready: ${start.ms.map((ms) => `${figure(ms / 1000)} s`).join(', ')}.`;
  if (storm) {
    const { rest, storm: stormy, signInsPerSecond } = storm;
    yield `Token p95: ${figure(rest.p95)} ms at rest, ${figure(stormy.p95)} ms while ${figure(signInsPerSecond)} sign in per second.`;
  }
  if (memory) {
    yield `Memory: ${figure(memory.providerBytes / 1000)} kB a kept Provider, ${figure(memory.tenantBytes / 1000)} kB a tenant at rest.`;
  }
  if (audit) {
    yield `Audit log: ${figure(audit.perSecond)} events a second kept, the slowest after ${figure(audit.slowestMs)} ms; a sign-in’s records take ${figure(audit.signInCpuMs)} ms of CPU.`;
  }
  if (queue) {
    yield `Queue: ${queue.messages} mails in ${figure(queue.seconds)} s, ${figure(queue.perSecond)} a second.`;
  }
  for (const [probe, { known, unknown, pairs }] of Object.entries(existence)) {
    yield `Who is known, by ${probe}: p50 ${figure(known.p50)} ms, who is not: ${figure(unknown.p50)} ms; p95 ${figure(known.p95)} and ${figure(unknown.p95)} ms (${pairs} of each).`;
  }
  if (database) {
    yield `Database: ${figure(database.megabytes)} MB; tables of people read whole ${database.wholeTableReads} times.`;
    for (const { table, index, megabytes, scans } of database.indexes) {
      yield `  ${table}.${index}: ${figure(megabytes)} MB, used ${scans} times`;
    }
  }
}

function targetLine({ name, value, limit, unit, bound, reached }: Target): string {
  const word = reached === undefined ? 'not run' : reached ? 'reached' : 'MISSED';
  const sign = bound === 'most' ? '≤' : '≥';
  return `${word.padEnd(8)} ${name}: ${value === undefined ? '–' : figure(value)} (${sign} ${limit} ${unit})`;
}

/** The whole report for people. */
export function report(results: Results): string {
  const { machine, versions } = results;
  const about = `${machine.cpu}, ${machine.cores} cores; ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`;
  const rows = operationRows(results);
  const parts = [
    about,
    ...(rows.length === 0 ? [] : [drawTable(HEAD, rows)]),
    [...otherLines(results)].join('\n'),
    targetsOf(results).map(targetLine).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
