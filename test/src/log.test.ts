import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createSignInEvents, type EventContext } from '#src/events.ts';
import { createLog, type Log } from '#src/log.ts';

function createListeningLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
  return { log, lines };
}

describe('the log', () => {
  const secret = 'do-not-write-me';

  test('a field that carries a secret is written as [secret], three levels deep', () => {
    const names = ['password', 'cookie', 'authorization', 'client_secret', 'refresh_token', 'id_token'];
    for (const name of [...names, 'access_token', 'answer']) {
      const { log, lines } = createListeningLog();
      log.info({ [name]: secret }, 'one');
      log.info({ body: { [name]: secret } }, 'two');
      log.info({ req: { headers: { [name]: secret } } }, 'three');
      assert.equal(lines.join('').includes(secret), false, name);
      assert.equal(lines.length, 3);
    }
  });

  test('a secret among the items of a list, or beside an error, is written as [secret]', () => {
    const { log, lines } = createListeningLog();
    log.info({ list: ['harmless', { password: secret }] }, 'one');
    log.info({ err: new Error('failed'), token: { access_token: secret } }, 'two');
    log.info(Object.assign(new Error('failed'), { password: secret }), 'three');
    assert.equal(lines.join('').includes(secret), false);
    assert.equal(lines.length, 3);
  });

  test('a code that somebody typed or was sent is written as [secret]', () => {
    const { log, lines } = createListeningLog();
    log.info({ code: secret }, 'one');
    for (const place of ['body', 'form', 'params', 'query']) log.info({ [place]: { code: secret } }, place);
    assert.equal(lines.join('').includes(secret), false);
  });

  test('the code of a failure can be read, with its cause', () => {
    const { log, lines } = createListeningLog();
    const cause = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
    log.error({ err: cause }, 'below');
    log.error({ err: new AppError('store-unavailable', 503, 'redis is down', { cause }) }, 'above');
    assert.match(lines[0] ?? '', /"code":"ECONNREFUSED"/);
    assert.match(lines[1] ?? '', /"code":"store-unavailable"/);
    assert.match(lines[1] ?? '', /connect refused/);
  });

  test('text with line breaks stays one record: nobody writes log lines of their own', () => {
    const { log, lines } = createListeningLog();
    log.info({ path: '/x\n{"level":50,"msg":"forged"}' }, 'request\r\nforged');
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.trimEnd().includes('\n'), false);
  });
});

describe('events of a sign-in', () => {
  test('each is one record with its name, where it happened and what came of it', () => {
    const { log, lines } = createListeningLog();
    const events = createSignInEvents(log);
    const context: EventContext = {
      tenantId: 'tenant',
      reference: 'K7QM-2X9D',
      interaction: 'uid',
      address: '198.18.0.1',
    };
    events.passwordChecked(context, { outcome: 'failure', reason: 'refused' });
    events.secondStepChecked(context, { outcome: 'success', reason: 'proved', account: 'a', method: 'totp' });
    events.methodEnrolled(context, { account: 'a', method: 'totp' });
    events.signedIn(context, { account: 'a', acr: 'urn:poortwachter:acr:mfa', amr: ['pwd', 'otp'] });
    events.consentGiven(context, { outcome: 'failure', client: 'app' });
    const names = ['sign-in.password', 'sign-in.second-step', 'method.enrolled', 'sign-in.done', 'consent'];
    assert.equal(lines.length, names.length);
    for (const [index, name] of names.entries()) {
      const line = lines[index] ?? '';
      for (const [key, value] of Object.entries({ event: name, ...context })) {
        assert.ok(line.includes(`"${key}":"${value}"`), `${key} of ${name}`);
      }
      assert.match(line, /"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/);
    }
  });

  test('what the context carries beside the event’s own fields stays out: a login hint is a typed name', () => {
    const { log, lines } = createListeningLog();
    const context = {
      tenantId: 't',
      reference: 'r',
      interaction: 'i',
      address: 'a',
      loginHint: 'typed-name',
    };
    createSignInEvents(log).passwordChecked(context, { outcome: 'failure', reason: 'refused' });
    assert.equal(lines.join('').includes('typed-name'), false);
  });
});
