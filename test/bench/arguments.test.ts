import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BenchOptions, HELP, MEASURES, readArguments } from '../../bench/arguments.ts';

function optionsOf(...args: string[]): BenchOptions {
  const read = readArguments(args);
  if (read.kind !== 'run') return assert.fail(JSON.stringify(read));
  return read.options;
}

function faultsOf(...args: string[]): string[] {
  const read = readArguments(args);
  return read.kind === 'faults' ? read.faults : assert.fail(`${args} was accepted`);
}

describe('the arguments of a bench', () => {
  test('left out mean everything, with slices of three seconds and no further accounts', () => {
    assert.deepEqual(optionsOf(), {
      quick: false,
      check: false,
      json: undefined,
      profile: undefined,
      accounts: 0,
      only: MEASURES,
      seconds: 3,
      clients: 8,
    });
  });

  test('make a quick run short unless its length is named', () => {
    assert.ok(optionsOf('--quick').seconds < 1);
    assert.equal(optionsOf('--quick', '--seconds', '2.5').seconds, 2.5);
  });

  test('name measures one by one or in a list, which are taken in their own order', () => {
    assert.deepEqual(optionsOf('--only', 'token, userinfo', '--only=start').only, [
      'start',
      'userinfo',
      'token',
    ]);
  });

  test('are refused all at once, each in words that name it', () => {
    const faults = faultsOf('--accounts', '1e9', '--seconds', 'x', '--clients', '1.5', '--only', 'tokens');
    assert.equal(faults.length, 4);
    assert.match(faults.join('\n'), /--accounts must be a whole number from 0 to 20000000, not "1e9"/);
    assert.match(faults.join('\n'), /--only knows no "tokens"; there are start, /);
  });

  for (const args of [['--fast'], ['--json'], ['quick'], ['--json', ''], ['--profile='], ['--clients', '']]) {
    test(`${args.join(' ')} is a fault and no guess`, () => {
      const faults = faultsOf(...args);
      assert.equal(faults.length, 1);
      assert.match(faults.join(), /^\S.{8,}/);
    });
  }

  test('ask for help, which names every measure', () => {
    assert.equal(readArguments(['--help', '--quick']).kind, 'help');
    for (const measure of MEASURES) assert.ok(HELP.includes(measure), measure);
  });
});
