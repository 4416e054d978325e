import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTexts, locales } from '#interactions/i18n.ts';
import { createRecoveryMailRenderer } from '#interactions/messages/recovery-mails.ts';
import { contrast } from '#interactions/views/theme.ts';
import type { Mail } from '#src/message/mail.ts';
import { newTenant } from '../../src/message/message-bench.ts';

const render = createRecoveryMailRenderer(createTexts());
const hostile = '<img src=x onerror=alert(1)> & "Zorg"';
const tenant = newTenant({
  helpDesk: { email: 'help@voorbeeld.example', phone: '030 234 56 78' },
  theme: { accent: '#ffd54f' },
});
const offer = (loginName: string) => ({
  loginName,
  href: `https://login.voorbeeld.example/recover/link?token=${loginName}-t0ken`,
  code: `${loginName.toUpperCase().slice(0, 1)}7QM4ZT2`,
});
const [one, two] = [offer('j.devries'), offer('pvc')];
const expiresAt = Date.UTC(2026, 0, 15, 9, 5);
const invited = { tenant, locale: 'nl', ...one, givenName: 'Jo', expiresAt } as const;

/** Both forms of a mail say it. */
function assertSays({ text, html }: Mail, ...parts: readonly string[]): void {
  for (const part of parts) {
    assert.ok(text.includes(part), `${part} in ${text}`);
    assert.ok(html.includes(part), `${part} in the HTML`);
  }
}

const mails = (locale: 'nl' | 'en', of = tenant): Record<string, Mail> => ({
  'one login name': render.loginNames({ tenant: of, locale, names: ['j.devries'] }),
  'several login names': render.loginNames({ tenant: of, locale, names: ['j.devries', 'pvc'] }),
  'one reset': render.reset({ tenant: of, locale, accounts: [one], minutes: 30 }),
  'several resets': render.reset({ tenant: of, locale, accounts: [one, two], minutes: 30 }),
  invitation: render.invitation({ ...invited, tenant: of, locale }),
});

describe('every mail of a recovery', () => {
  for (const locale of locales) {
    for (const [name, mail] of Object.entries(mails(locale))) {
      test(`${name} (${locale}): shows no code, no link and no login name in its subject`, () => {
        assert.doesNotMatch(mail.subject, /7QM4ZT2|http|token|devries|pvc/);
        assert.ok(mail.subject.length > 10);
      });

      test(`${name} (${locale}): says who helps, and what to do when it was not asked for`, () => {
        assertSays(
          mail,
          'help@voorbeeld.example',
          locale === 'nl' ? 'Dan hoeft u niets te doen.' : 'nothing to do',
        );
        assert.doesNotMatch(mail.text, /\{\{|undefined/);
        assert.ok(mail.html.includes(`<html lang="${locale}">`));
      });

      test(`${name} (${locale}): fetches nothing`, () => {
        assert.doesNotMatch(mail.html, /<(img|link|script|style|iframe)\b|url\(|src=/i);
      });
    }
  }

  test('carries no text of tenant or person as HTML', () => {
    const odd = newTenant({ name: hostile, productName: hostile });
    const all = [
      ...Object.values(mails('nl', odd)),
      render.loginNames({ tenant, locale: 'nl', names: [hostile] }),
      render.reset({ tenant, locale: 'nl', accounts: [{ ...one, loginName: hostile }], minutes: 30 }),
      render.invitation({ ...invited, givenName: hostile, loginName: hostile, href: hostile, code: hostile }),
    ];
    for (const { html } of all) assert.equal(html.includes('<img'), false);
  });
});

describe('the mail with login names', () => {
  test('lists every name that the address has, and leads to the sign-in', () => {
    assertSays(mails('nl')['several login names'] ?? assert.fail(), 'j.devries', 'pvc', 'deze inlognamen');
    assertSays(mails('nl')['one login name'] ?? assert.fail(), 'Dit is uw inlognaam', 'Inloggen');
    assert.ok(mails('nl')['one login name']?.text.includes(`iss=${encodeURIComponent(tenant.issuer)}`));
  });
});

describe('the mail for a new password', () => {
  const mail = render.reset({ tenant, locale: 'nl', accounts: [one], minutes: 120 });

  test('has the link as a button and written out, the code beside it, and how long they work', () => {
    assertSays(
      mail,
      one.href,
      one.code,
      'j.devries',
      'werken 2 uur en één keer',
      'Uw wachtwoord blijft zoals het is.',
    );
    assert.equal(mail.html.split(`href="${one.href}"`).length, 3);
    assert.match(mail.text, /^https:\/\/login\.voorbeeld\.example\/recover\/link\?token=j\.devries-t0ken$/m);
    assert.match(mail.text, /^J7QM4ZT2$/m);
  });

  test('has one way for each account on the mailbox, each under its own name', () => {
    const { text } = render.reset({ tenant, locale: 'nl', accounts: [one, two], minutes: 30 });
    const places = ['j.devries\n', one.href, one.code, 'pvc\n', two.href, two.code].map((part) =>
      text.indexOf(part),
    );
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert.equal(places.includes(-1), false);
  });

  test('keeps the words on its button readable on the tenant’s colour', () => {
    const [, background = '', colour = ''] =
      /background:(#[0-9a-f]{6});border-radius:8px;[^"]*color:(#[0-9a-f]{6})/.exec(mail.html) ?? [];
    assert.equal(background, '#ffd54f');
    assert.ok(contrast(background, colour) >= 4.5, `${background} ${colour}`);
  });
});

describe('the invitation', () => {
  test('says by whom, under which login name and before when, in the person’s own language', () => {
    const name = tenant.settings.name;
    assertSays(
      render.invitation(invited),
      'Beste Jo,',
      name,
      'j.devries',
      'vóór donderdag 15 januari 2026 om 10:05',
      one.href,
      one.code,
    );
    assertSays(render.invitation({ ...invited, locale: 'en' }), 'Dear Jo,', 'Thursday', '15 January 2026');
  });

  test('greets nobody by an empty name', () => {
    assert.doesNotMatch(render.invitation({ ...invited, givenName: '' }).text, /Beste/);
  });
});
