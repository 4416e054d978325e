import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * Loading modules leaves garbage that an idle process would hold for good, 50 MB of it: the young generation must not
 * grow meanwhile (it may once requests come), and what loading left behind is collected once.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--expose-gc');

function settleDown(): void {
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
  setFlagsFromString('--semi-space-growth-factor=2');
}

const { run } = await import('./run.ts');
await run({ onReady: settleDown, onUnexpected: () => process.exit(1) });
