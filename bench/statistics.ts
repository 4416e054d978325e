/**
 * Percentile by nearest rank: the smallest value that at least `percent` of all values do not exceed. NaN when
 * there is none.
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? Number.NaN;
}

/** The middle value; of an even count the mean of the two in the middle. NaN when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One measured slice: what was done, in which time, and what it cost the server. */
export interface Slice {
  operations: number;
  seconds: number;
  /** CPU time of the server process, user and system, all its threads. */
  cpuMs: number;
  /** What of it the hashing threads used. */
  hashMs: number;
  /** One for each operation, in milliseconds. */
  latencies: readonly number[];
}

/** What several slices of one thing amount to. */
export interface Result {
  operations: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  /** Median over the slices, so that one disturbed slice does not count. */
  cpuMs: number;
  /** What of it went into the password hash; 0 when there is none. Median as above. */
  hashMs: number;
}

/** CPU time of one operation of a slice, in milliseconds. */
export function cpuOfOne(slice: Slice): number {
  return slice.cpuMs / slice.operations;
}

/** Puts slices together. Throws when none did anything: nothing done is not fast. */
export function summarise(slices: readonly Slice[]): Result {
  const done = slices.filter(({ operations }) => operations > 0);
  if (done.length === 0) throw new Error('nothing was measured: not one operation was done in the time');
  const latencies = done.flatMap((slice) => slice.latencies);
  const sum = (value: (slice: Slice) => number) => done.reduce((total, slice) => total + value(slice), 0);
  const operations = sum((slice) => slice.operations);
  return {
    operations,
    perSecond: operations / sum((slice) => slice.seconds),
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
    p99: percentile(latencies, 99),
    cpuMs: median(done.map(cpuOfOne)),
    hashMs: median(done.map((slice) => slice.hashMs / slice.operations)),
  };
}
