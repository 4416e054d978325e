import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadConfig, parseSettings } from '#config/load.ts';
import { fillTemplate } from '#config/message-template.ts';
import type { RawSettings } from '#config/settings.ts';
import { parseSmtpAddress } from '#config/smtp-address.ts';
import { filesOf, validSettings } from './valid-settings.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem).toString();

function faultsOf(messaging: RawSettings['messaging'], unsafe: RawSettings['unsafe'] = {}): string[] {
  const result = parseSettings({ ...validSettings, messaging, unsafe });
  return result.ok ? [] : result.faults.map(({ key, reason }) => `${key}: ${reason}`);
}

describe('suppliers of messages', () => {
  test('are none where nothing is said', () => {
    const result = parseSettings(validSettings);
    assert.ok(result.ok);
    const { sms, voice, mail } = result.config.messaging;
    assert.deepEqual([sms, voice, mail.url], [[], [], undefined]);
  });

  test('are accepted whole, also one that no order names at the moment', () => {
    const messagebird = { accessKey: 'live_x', originator: 'Example', voiceOriginator: '+31201234567' };
    const dkim = { domain: 'example.org', selector: 'mail', privateKey: rsaKey };
    assert.deepEqual(
      faultsOf({
        sms: ['http'],
        voice: ['http'],
        messagebird: { ...messagebird, signingKey: 's' },
        http: { url: 'https://sms.example/send', authorization: 'Bearer x', from: 'Example' },
        mail: { url: 'smtps://u:p%40@mail.example', fromAddress: 'no-reply@example.org', dkim },
      }),
      [],
    );
  });

  test('that are named but not set up are told by the missing key, all at once', () => {
    assert.deepEqual(faultsOf({ sms: ['messagebird', 'http'], voice: ['messagebird'] }), [
      'messaging.messagebird.accessKey: is needed while messaging.sms names messagebird',
      'messaging.messagebird.originator: is needed while messaging.sms names messagebird',
      'messaging.http.url: is needed while messaging.sms names http',
    ]);
    assert.deepEqual(faultsOf({ voice: ['messagebird'] }), [
      'messaging.messagebird.accessKey: is needed while messaging.voice names messagebird',
    ]);
  });

  test('that are set up half are told by the missing key, also beside a key that is wrong in itself', () => {
    assert.deepEqual(
      faultsOf({
        sms: ['http', 'http'],
        http: { body: '{"to":"{to}","text":"{text}","sender":"{from}"}' },
        mail: { fromName: 'Example', dkim: { selector: 'mail', privateKey: ecKey } },
      }),
      [
        'messaging.sms: must name each supplier once',
        'messaging.mail.dkim.privateKey: must be an RSA key of at least 2048 bits',
        'messaging.http.url: is needed while messaging.sms names http',
        'messaging.http.from: is needed while messaging.http.body has {from}',
        'messaging.mail.url: is needed with the other settings of messaging.mail',
        'messaging.mail.dkim.domain: is needed with messaging.mail.dkim.selector',
      ],
    );
    assert.deepEqual(faultsOf({ mail: { url: 'smtp://mail.example' } }), [
      'messaging.mail.fromAddress: is needed with messaging.mail.url',
    ]);
  });

  for (const [messaging, reason] of [
    [{ http: { url: 'http://sms.example/' } }, 'messaging.http.url: must be https (http only for localhost'],
    [{ http: { url: 'https://u:p@sms.example/' } }, 'messaging.http.url: must not carry a user name'],
    [{ http: { authorization: 'a\nb' } }, 'messaging.http.authorization: must be one line'],
    [{ messagebird: { originator: 'LongerThan11' } }, 'messaging.messagebird.originator: must be at most 11'],
    [
      { messagebird: { voiceOriginator: 'Example' } },
      'messaging.messagebird.voiceOriginator: must be a phone',
    ],
    [{ mail: { fromName: 'a\r\nBcc: x' } }, 'messaging.mail.fromName: must not contain control'],
    [{ mail: { dkim: { privateKey: 'x' } } }, 'messaging.mail.dkim.privateKey: must be a private key'],
    [{ http: { body: 'to={to}&text={text}' } }, 'messaging.http.body: must be JSON'],
    [{ http: { body: '{"to":"{to}"}' } }, 'messaging.http.body: must have {to} and {text}'],
    [{ http: { body: '{"a":"{to}{text}{code}"}' } }, 'messaging.http.body: may only have {to}'],
  ] as const) {
    test(`${JSON.stringify(messaging)} is refused`, () => {
      const faults = faultsOf(messaging);
      assert.ok(
        faults.some((fault) => fault.startsWith(reason)),
        faults.join('\n'),
      );
    });
  }

  test('certificates that can not be read are told before anything starts', () => {
    const files = filesOf({ '/key.pem': rsaKey });
    const messaging = {
      http: { caFile: '/gone' },
      mail: { url: 'smtp://a', fromAddress: 'a@b.example', caFile: '/key.pem' },
    };
    const result = parseSettings({ ...validSettings, messaging }, files);
    assert.deepEqual(result.ok ? [] : result.faults.map(({ key, reason }) => `${key}: ${reason}`), [
      "messaging.http.caFile: can't read /gone: it does not exist",
      'messaging.mail.caFile: the file /key.pem holds no PEM certificate',
    ]);
  });

  test('a gateway without TLS is for trials on this machine, by name', () => {
    const messaging = { sms: ['http' as const], http: { url: 'http://127.0.0.1:8080/' } };
    assert.match(faultsOf(messaging).join(), /^messaging\.http\.url: must be https; .*unsafe\.plainHttp$/);
    assert.deepEqual(faultsOf(messaging, { plainHttp: true }), []);
  });
});

describe('lists of texts in the environment', () => {
  const load = (env: Record<string, string>) =>
    loadConfig({ env, base: validSettings, readFile: filesOf({}) });

  test('stand with commas in between, and come to the file’s place', () => {
    const result = load({
      POORTWACHTER_MESSAGING_SMS: 'http, messagebird',
      POORTWACHTER_MESSAGING_MESSAGEBIRD_ACCESS_KEY: 'k',
      POORTWACHTER_MESSAGING_MESSAGEBIRD_ORIGINATOR: 'Example',
      POORTWACHTER_MESSAGING_HTTP_URL: 'https://sms.example/',
      POORTWACHTER_TENANT_PHONE_COUNTRIES: 'NL,BE',
      POORTWACHTER_TENANT_SECOND_STEP_METHODS: 'totp',
    });
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(result.config.messaging.sms, ['http', 'messagebird']);
    assert.deepEqual(result.config.tenant.phone.countries, ['NL', 'BE']);
    assert.deepEqual(result.config.tenant.secondStep.methods, ['totp']);
  });

  test('what is wrong with an entry is told by the variable that holds it', () => {
    const result = load({ POORTWACHTER_TENANT_PHONE_COUNTRIES: 'NL,' });
    assert.deepEqual(result.ok ? [] : result.faults.map(({ key, variable }) => [key, variable]), [
      ['tenant.phone.countries[1]', 'POORTWACHTER_TENANT_PHONE_COUNTRIES'],
    ]);
  });
});

describe('a list of groups below a group', () => {
  test('gets the name that was meant for a slip of the keyboard in one of its entries', () => {
    const question = { key: 'a', nl: 'Waar?', eng: 'Where?' };
    const questions = [question, { ...question, key: 'b' }, { ...question, key: 'c' }];
    const tenant = { ...validSettings.tenant, firstSignIn: { questions } };
    const result = parseSettings({ ...validSettings, tenant });
    const faults = result.ok ? [] : result.faults.map(({ key, reason }) => `${key}: ${reason}`);
    assert.ok(faults.includes('tenant.firstSignIn.questions[0].eng: is not a setting; did you mean en?'));
    const slip = parseSettings({
      ...validSettings,
      tenant: { ...validSettings.tenant, firstSignIn: { question: [] } },
    });
    assert.match(JSON.stringify(slip), /is not a setting; did you mean questions\?/);
  });
});

describe('the address of a mail server', () => {
  test('is read in its parts', () => {
    assert.deepEqual(parseSmtpAddress('smtp://u%40x:p%2F@[::1]:2525'), {
      ok: true,
      address: { implicitTls: false, host: '[::1]', port: 2525, login: { user: 'u@x', password: 'p/' } },
    });
    assert.deepEqual(parseSmtpAddress('smtps://mail.example/'), {
      ok: true,
      address: { implicitTls: true, host: 'mail.example', port: undefined, login: undefined },
    });
  });

  for (const text of [
    'mail.example',
    'http://mail.example',
    'smtp://',
    'smtp:///x',
    'smtp://u@mail.example',
    'smtp://u:p@mail.example/x',
    'smtp://u:p@mail.example?x=1',
    'smtp://u:%zz@mail.example',
    'smtp://mail.example:0',
    'smtp://mail example',
    'smtp://mail.example\r\n',
  ]) {
    test(`${JSON.stringify(text)} is refused without its text`, () => {
      const parsed = parseSmtpAddress(text);
      assert.ok(!parsed.ok && !parsed.fault.includes('mail.example'));
    });
  }
});

test('whatever is filled into a template stays inside its text', () => {
  const template = '{"message":{"to":["{to}"],"text":"{text}!"},"from":"{from}","n":1}';
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (text, from) => {
      const values = { to: '+316', text, from, reference: 'r', channel: 'sms', locale: 'nl' };
      const body: unknown = JSON.parse(fillTemplate(template, values));
      assert.deepEqual(body, { message: { to: ['+316'], text: `${text}!` }, from, n: 1 });
    }),
  );
});
