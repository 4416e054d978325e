/** Methods that a person could have all at once. */
export const METHODS = ['totp', 'sms', 'webauthn', 'yubico-otp', 'backup-code'] as const;

/** One try at one step. `right`: with the password, or a code, that is good. */
export interface Try {
  name: string;
  /** Every browser has a mark; whether it is known to the person is another thing. */
  browser: string;
  address: string;
  step: 'password' | (typeof METHODS)[number];
  right: boolean;
}

/** `wait` in milliseconds from now. `blocked`: right, in a lane that is closed. */
export type Answer = { kind: 'right' | 'wrong' | 'blocked' } | { kind: 'wait'; wait: number };

/** What a whole sign-in found, as LaneStore tells it. */
export type SignedIn =
  | { kind: 'blocked' }
  | { kind: 'signed-in'; failures: number; codeFailures: number; newBrowser: boolean };

const STRANGERS = 'strangers';
const DAY = 86_400_000;
const TEN_MINUTES = 600_000;

interface Count {
  count: number;
  from: number;
  until: number;
}

interface LaneCounts {
  password: number;
  code: number;
  blocked: boolean;
}

/** Milliseconds that the count-th failure costs when `free` of them cost nothing. */
function waitAfter(count: number, free: number): number {
  return count < free ? 0 : Math.min(30_000 * 2 ** (count - free), 3_600_000);
}

/** The plainest reading of the policy: who waits, who is blocked and who is known, all in one place. */
export class LockoutModel {
  readonly #limit: number;
  readonly #known = new Map<string, Set<string>>();
  readonly #durable = new Map<string, LaneCounts>();
  readonly #waits = new Map<string, Count>();
  readonly #addresses = new Map<string, Count>();

  constructor(people: readonly string[], limit: number) {
    this.#limit = limit;
    for (const name of people) this.#known.set(name, new Set());
  }

  try(tried: Try, now: number): Answer {
    const { name, address, step, right } = tried;
    const lane = this.#laneOf(tried);
    const counts = this.#countsOf(tried);
    const refusals = counts.map(([key]) => this.#wait(key, now)?.until ?? 0);
    if (lane === STRANGERS) {
      const window = this.#address(address, now);
      if (window !== undefined && window.count >= 30) refusals.push(window.from + TEN_MINUTES);
    }
    const until = Math.max(...refusals);
    if (until > now) return { kind: 'wait', wait: until - now };
    for (const [key, free] of counts) {
      const count = (this.#wait(key, now)?.count ?? 0) + 1;
      this.#waits.set(key, { count, from: now, until: now + waitAfter(count, free) });
    }
    if (!right || !this.#known.has(name)) return this.#wrong(tried, now);
    for (const [key] of counts) this.#waits.delete(key);
    const blocked = step === 'password' && this.#counts(name, lane).blocked;
    return { kind: blocked ? 'blocked' : 'right' };
  }

  signIn(tried: Pick<Try, 'name' | 'browser'>): SignedIn {
    const { name, browser } = tried;
    const lane = this.#laneOf(tried);
    const { password: failures, code: codeFailures, blocked } = this.#counts(name, lane);
    if (blocked) return { kind: 'blocked' };
    this.#durable.delete(`${name} ${lane}`);
    const known = this.#known.get(name);
    const newBrowser = known?.has(browser) === false;
    known?.add(browser);
    return { kind: 'signed-in', failures, codeFailures, newBrowser };
  }

  /** What the stores are told when every count is looked at. */
  look(now: number): void {
    for (const key of [...this.#waits.keys()]) this.#wait(key, now);
    for (const key of [...this.#addresses.keys()]) this.#address(key, now);
  }

  /** The cache is emptied: blocks, their counts and who is known are elsewhere. */
  flush(): void {
    this.#waits.clear();
    this.#addresses.clear();
  }

  #laneOf({ name, browser }: Pick<Try, 'name' | 'browser'>): string {
    return this.#known.get(name)?.has(browser) ? browser : STRANGERS;
  }

  /** Counts of a try with the tries that each leaves free. */
  #countsOf(tried: Try): [string, number][] {
    const who = `${tried.name} ${this.#laneOf(tried)}`;
    if (tried.step === 'password') return [[`${who} password`, 5]];
    return [
      [`${who} ${tried.step}`, 5],
      [`${who} codes`, 20],
    ];
  }

  #wrong(tried: Try, now: number): Answer {
    const { name, address, step } = tried;
    const lane = this.#laneOf(tried);
    const window = this.#address(address, now) ?? { count: 0, from: now, until: 0 };
    if (window.count < 30) this.#addresses.set(address, { ...window, count: window.count + 1 });
    if (!this.#known.has(name)) return { kind: 'wrong' };
    const counts = { ...this.#counts(name, lane) };
    const of = step === 'password' ? 'password' : 'code';
    counts[of] += 1;
    counts.blocked ||= counts[of] >= this.#limit;
    this.#durable.set(`${name} ${lane}`, counts);
    return { kind: 'wrong' };
  }

  #counts(name: string, lane: string): LaneCounts {
    return this.#durable.get(`${name} ${lane}`) ?? { password: 0, code: 0, blocked: false };
  }

  /** A count as it now is: nothing lies in the future, and nothing that is over is remembered. */
  #current(counts: Map<string, Count>, key: string, now: number, ends: (count: Count) => number) {
    const count = counts.get(key);
    if (count === undefined) return undefined;
    const back = Math.max(0, count.from - now);
    const moved = { ...count, from: count.from - back, until: Math.max(0, count.until - back) };
    if (now >= ends(moved)) counts.delete(key);
    else counts.set(key, moved);
    return counts.get(key);
  }

  #wait(key: string, now: number): Count | undefined {
    return this.#current(this.#waits, key, now, ({ from, until }) => Math.max(from + DAY, until));
  }

  #address(key: string, now: number): Count | undefined {
    return this.#current(this.#addresses, key, now, ({ from }) => from + TEN_MINUTES);
  }
}
