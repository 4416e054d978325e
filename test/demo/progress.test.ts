import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgress } from '../../demo/progress.ts';

function openOutput(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('at a terminal a step is one line that is finished when it is done', async () => {
  const output = openOutput(true);
  const step = createProgress(output, new AbortController().signal);
  assert.equal(
    await step('Digging', async () => output.written.length),
    1,
    'its name is told before it runs',
  );
  assert.match(output.written.join(''), /^ {2}Digging … \d+\.\d s\n$/);
});

test('elsewhere every piece written is a whole line', async () => {
  const output = openOutput(false);
  await createProgress(output, new AbortController().signal)('Digging', async () => {});
  assert.equal(output.written.length, 2);
  for (const piece of output.written) assert.match(piece, /^ {2}Digging.*\n$/);
});

test('once stopped no step begins, and nobody waits for the one under way', async () => {
  const stop = new AbortController();
  const step = createProgress(openOutput(false), stop.signal);
  const underWay = step('Waiting', () => new Promise(() => {}));
  stop.abort();
  await assert.rejects(underWay, (reason) => reason === stop.signal.reason);
  let began = false;
  const next = step('Digging', async () => {
    began = true;
  });
  await assert.rejects(next, (reason) => reason === stop.signal.reason);
  assert.equal(began, false);
});
