import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Milliseconds until a program of ours must answer, and until one that was asked to stop must be gone. */
const START_LIMIT = 30_000;
const STOP_LIMIT = 10_000;
/** Milliseconds between two looks whether it answers; a start is told no finer than this. */
const LOOK_AGAIN = 5;

/** What Node calls the threads of its workers, as Linux tells it. */
const WORKER_NAME = 'WorkerThread\n';

export interface NodeCommand {
  /** As on Node's command line. */
  args: readonly string[];
  env: Record<string, string>;
  /** File for everything it writes. */
  logFile: string;
}

/** A program of ours in a process of its own; disposing of it ends it. */
export class NodeProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #logFile: string;
  readonly #startedAt = performance.now();
  #gone = false;

  constructor({ args, env, logFile }: NodeCommand) {
    const log = openSync(logFile, 'a', 0o600);
    this.#child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#logFile = logFile;
    this.#ended = once(this.#child, 'exit').then(() => {
      this.#gone = true;
    });
  }

  /** The end of what it wrote. */
  words(): string {
    return readFileSync(this.#logFile, 'utf8').slice(-3000);
  }

  /**
   * Milliseconds of CPU time that its worker threads have used, which do nothing but hash passwords. 0 where the
   * system does not tell threads apart (anything but Linux).
   */
  hashingMs(): number {
    if (process.platform !== 'linux') return 0;
    const tasks = `/proc/${this.#child.pid}/task`;
    const own = readdirSync(tasks).filter(
      (id) => readFileSync(`${tasks}/${id}/comm`, 'utf8') === WORKER_NAME,
    );
    const spent = own.map((id) => Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0]));
    return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  }

  /** Forgets what it wrote, so that a long run does not fill the disk. */
  forgetWords(): void {
    truncateSync(this.#logFile);
  }

  /** Waits until `answers` says yes; resolves to the milliseconds since the start. */
  async untilReady(answers: () => Promise<boolean>): Promise<number> {
    while (!(await answers())) {
      const waited = performance.now() - this.#startedAt;
      if (this.#gone || waited > START_LIMIT) throw new Error(`a process did not start:\n${this.words()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
    return performance.now() - this.#startedAt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#gone) return;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT);
    await this.#ended;
    clearTimeout(late);
  }
}
