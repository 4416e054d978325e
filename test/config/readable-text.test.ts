import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientSchema } from '#config/client.ts';
import { parseSettings } from '#config/load.ts';
import { tenantSchema } from '#config/tenant.ts';
import { validSettings } from './valid-settings.ts';

const client = {
  client_id: 'absence',
  client_secret: 's'.repeat(32),
  redirect_uris: ['https://absence.example/callback'],
};
const tenant = (texts: Readonly<Record<string, unknown>>) => ({ ...validSettings.tenant, ...texts });
const desk = { email: 'helpdesk@login.example' };
const hours = { nl: 'Dag', en: 'Day' };

/** Whether a text is taken, for every text of the configuration that people read. */
const takers: Readonly<Record<string, (text: string) => boolean>> = {
  client_name: (client_name) => clientSchema.safeParse({ ...client, client_name }).success,
  ...Object.fromEntries(
    Object.entries({
      name: (name: string) => tenant({ name }),
      productName: (productName: string) => tenant({ productName }),
      applicationName: (applicationName: string) => tenant({ applicationName }),
      'notice.nl': (nl: string) => tenant({ notice: { nl } }),
      'notice.en': (en: string) => tenant({ notice: { en } }),
      'helpDesk.phone': (phone: string) => tenant({ helpDesk: { phone } }),
      'helpDesk.hours.nl': (nl: string) => tenant({ helpDesk: { ...desk, hours: { ...hours, nl } } }),
      'helpDesk.hours.en': (en: string) => tenant({ helpDesk: { ...desk, hours: { ...hours, en } } }),
    }).map(([key, write]) => [key, (text: string) => tenantSchema.safeParse(write(text)).success]),
  ),
};

describe('text of the configuration that people read', () => {
  const codes = [
    0, 9, 10, 13, 0x1b, 0x7f, 0x85, 0xad, 0x200b, 0x200e, 0x2028, 0x202a, 0x202e, 0x2066, 0xfeff,
  ];
  const hidden = [...codes, 0xe000, 0xffff, 0xd800, 0xe0041].map((code) => String.fromCodePoint(code));

  for (const [key, takes] of Object.entries(takers)) {
    test(`${key} has no control, no line end, no direction mark and nothing invisible`, () => {
      for (const char of hidden) assert.equal(takes(`Verzuim${char}loket`), false, JSON.stringify(char));
    });

    test(`${key} takes every writing, punctuation and emoji`, () => {
      for (const text of [
        "'t Verzuim & Co. (B.V.)",
        'Zoë €5',
        'محمد',
        '王小明',
        'می\u200cخواهم',
        '👩\u200d💻',
      ])
        assert.equal(takes(text), true, text);
    });

    test(`${key} is not blank`, () => {
      for (const text of ['', '   ', '\n']) assert.equal(takes(text), false, JSON.stringify(text));
    });
  }

  test('blanks and line ends around it, as a block in YAML leaves them, are dropped', () => {
    const { notice } = tenantSchema.parse(tenant({ notice: { nl: ' Let op: alleen voor u.\n' } }));
    assert.equal(notice.nl, 'Let op: alleen voor u.');
  });

  test('the fault says what is wrong with it', () => {
    const result = parseSettings({ ...validSettings, tenant: tenant({ productName: 'Verzuim\u202eloket' }) });
    assert.ok(!result.ok);
    assert.deepEqual(
      result.faults.map(({ reason }) => reason),
      ['must not contain control or invisible characters'],
    );
  });
});
