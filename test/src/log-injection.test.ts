import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LogSettings, openLog } from '#src/log.ts';

/** Everything that ends a line, begins a record, moves a cursor or turns text around. */
const HOSTILE = [
  '\n{"level":50,"msg":"forged"}',
  '\r\n[12:00:00] INFO: forged',
  '\u2028[12:00:00] INFO: forged',
  '\u0085[12:00:00] INFO: forged',
  '\x1b[2K\x1b[1A',
  '\u009b2K',
  '\b\b\b\f',
  '\u202egnp.exe',
  '\u2066\u2069\u200f',
  '\\u001b[2K\\\\u009b\\n',
  '"},"level":50',
  '\0\x7f',
];
const FORMATS: LogSettings['format'][] = ['json', 'pretty'];

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const RECORD = { json: /^\{"level":30,/, pretty: /^\[\d\d:\d\d:\d\d\] (INFO|ERROR)/ };

async function open(format: LogSettings['format']) {
  const parts: string[] = [];
  const log = await openLog({ level: 'debug', format }, { write: (part) => parts.push(part) });
  return { log, text: () => parts.join('') };
}

describe('nobody writes records of their own', () => {
  for (const format of FORMATS) {
    test(`with a text that a field or an object repeats (${format})`, async () => {
      for (const hostile of HOSTILE) {
        const { log, text } = await open(format);
        log.info({ path: hostile, host: hostile, deep: { client: hostile, [hostile]: 1 } }, 'request');
        const lines = text().trimEnd().split('\n');
        assert.doesNotMatch(text(), OBEYED, JSON.stringify(text()));
        assert.match(lines[0] ?? '', RECORD[format]);
        assert.equal(lines.filter((line) => /^\{"level|^\[\d\d:/.test(line)).length, 1, text());
      }
    });

    test(`with the message of an error (${format})`, async () => {
      for (const hostile of HOSTILE) {
        const { log, text } = await open(format);
        log.error({ err: new Error(hostile, { cause: new Error(hostile) }) }, 'failed');
        assert.doesNotMatch(text(), OBEYED, JSON.stringify(text()));
        const begun = text()
          .split('\n')
          .filter((line) => /^\{"level|^\[\d\d:/.test(line));
        assert.equal(begun.length, 1, text());
      }
    });
  }

  test('and JSON says what was there, to the letter', async () => {
    for (const hostile of HOSTILE) {
      const { log, text } = await open('json');
      log.info({ path: hostile }, 'request');
      assert.equal(JSON.parse(text()).path, hostile);
    }
  });
});

describe('an error in the log', () => {
  test('tells its name, words, causes and code, and no field that a driver put there', async () => {
    for (const format of FORMATS) {
      const { log, text } = await open(format);
      const failure = Object.assign(new Error('refused', { cause: new Error('and here is why') }), {
        code: '23505',
        detail: 'Key (email)=(planted) already exists.',
        parameters: ['planted'],
        command: { name: 'auth', args: ['user', 'planted'] },
        config: { url: 'redis://:planted@host' },
        inner: Object.assign(new Error('x'), { planted: 'planted' }),
      });
      log.error({ err: failure }, 'failed');
      log.error({ err: new AggregateError([failure, failure], 'all failed') }, 'failed');
      log.error({ err: 'planted' }, 'failed');
      log.error({ err: { planted: 'planted' } }, 'failed');
      assert.equal(text().includes('planted'), false, text());
      assert.match(text(), /23505/);
      assert.match(text(), /refused: and here is why/);
    }
  });

  test('that repeats a long text is cut off', async () => {
    const { log, text } = await open('json');
    log.error({ err: new Error('x'.repeat(100_000)) }, 'failed');
    assert.ok(text().length < 20_000, `${text().length}`);
  });
});

test('a secret under any of its names is covered, also in lines for people', async () => {
  const names = ['password', 'set-cookie', 'code_verifier', 'client_assertion', 'id_token_hint'];
  for (const format of FORMATS) {
    for (const name of names) {
      const { log, text } = await open(format);
      log.info(
        { [name]: 'planted', body: { [name]: 'planted' }, req: { headers: { [name]: 'planted' } } },
        'x',
      );
      assert.equal(text().includes('planted'), false, name);
    }
  }
});
