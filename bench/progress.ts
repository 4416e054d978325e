/** A step of the run: its name for people and about how many seconds it takes. */
export interface Stage {
  title: string;
  seconds: number;
}

/** Tells on standard error what runs and about how long it still takes. */
export class Progress {
  readonly #stages: readonly Stage[];
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #begun: number;
  #at = -1;

  /** `now` in milliseconds. */
  constructor(
    stages: readonly Stage[],
    write: (line: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#stages = stages;
    this.#write = write;
    this.#now = now;
    this.#begun = now();
  }

  #sum(stages: readonly Stage[]): number {
    return stages.reduce((total, stage) => total + stage.seconds, 0);
  }

  /** Begins the next stage. What is left is told at the pace of what is done. */
  next(): void {
    this.#at += 1;
    const stage = this.#stages[this.#at];
    if (stage === undefined) return;
    const done = this.#sum(this.#stages.slice(0, this.#at));
    const spent = (this.#now() - this.#begun) / 1000;
    const pace = done > 5 ? Math.max(0.5, spent / done) : 1;
    const left = Math.ceil(this.#sum(this.#stages.slice(this.#at)) * pace);
    const place = `${String(this.#at + 1).padStart(2)}/${this.#stages.length}`;
    this.#write(`${place}  ${stage.title} (about ${left} s left)`);
  }

  /** Says something within a stage. */
  say(line: string): void {
    this.#write(`       ${line}`);
  }
}
