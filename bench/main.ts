import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { HELP, readArguments } from './arguments.ts';
import { report } from './report.ts';
import { runBench } from './run.ts';
import { targetsOf } from './targets.ts';

const INTERRUPTED = 130;

const write = (line: string) => process.stderr.write(`${line}\n`);

/** Aborts at the first Ctrl-C; what was started then ends in peace, data included. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      write('stopping and cleaning up');
      controller.abort();
    });
  }
  return controller.signal;
}

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if (read.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (read.kind === 'faults') {
    for (const fault of read.faults) write(fault);
    write('npm run bench -- --help tells what there is.');
    return 2;
  }
  const { options } = read;
  const signal = untilInterrupted();
  try {
    const results = await runBench({ options, signal, write });
    const targets = targetsOf(results);
    process.stdout.write(`\n${report(results)}`);
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify({ ...results, targets }, null, 2)}\n`);
    }
    return options.check && targets.some(({ reached }) => reached === false) ? 1 : 0;
  } catch (failure) {
    if (signal.aborted) return INTERRUPTED;
    throw failure;
  }
}

process.exitCode = await main();
