import { readFile } from 'node:fs/promises';

/** A process as a lock names it: its number, and what tells it from a later one with the same number. */
export interface ProcessMark {
  pid: number;
  /** Boot and start time where the system tells them, else empty. */
  started: string;
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** State and start time out of /proc/<pid>/stat (proc(5): fields 3 and 22; the name before them may hold anything). */
async function readStat(pid: number): Promise<{ state: string; started: string }> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[19];
  if (ticks === undefined) return { state: '', started: '' };
  const boot = await readIfThere('/proc/sys/kernel/random/boot_id');
  return { state: fields[0] ?? '', started: `${boot.trim()}:${ticks}` };
}

/** The mark of a process; of this one when no number is given. */
export async function markProcess(pid: number = process.pid): Promise<ProcessMark> {
  return { pid, started: (await readStat(pid)).started };
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the marked process still runs: not ended, not a zombie, its number not taken over by another. */
export async function isRunning(mark: ProcessMark): Promise<boolean> {
  if (!answersSignals(mark.pid)) return false;
  const { state, started } = await readStat(mark.pid);
  if (state === 'Z' || state === 'X') return false;
  return mark.started === '' || started === '' || mark.started === started;
}
