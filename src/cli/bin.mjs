#!/usr/bin/env node
// Plain JavaScript of Node 20, because it is what an older Node meets first: TypeScript runs unbuilt from 24 on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

const neededMajor = 24;

/** The Node that the package brings along, or undefined when it is not installed. */
function pinnedNode() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Runs this very command under another Node and ends as it ends. */
function runUnder(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends its signals to both; what ends the child ends this.
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => refuse(`can't run ${node}: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

function refuse(reason) {
  process.stderr.write(
    `Poortwachter needs Node ${neededMajor} and this is ${process.version}; ${reason}. Install Node ${neededMajor}.\n`,
  );
  process.exitCode = 1;
}

const major = Number(process.versions.node.split('.')[0]);
if (major >= neededMajor) {
  const { main } = await import('./main.ts');
  await main(async () => (await import('../compose/command-house.ts')).createCommandHouse());
} else {
  const node = pinnedNode();
  if (node === undefined) refuse('its own copy (node_modules/node) is not installed');
  else runUnder(node);
}
