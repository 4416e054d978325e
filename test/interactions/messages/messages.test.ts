import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTexts, locales } from '#interactions/i18n.ts';
import { backupCodeText } from '#interactions/messages/backup-code.ts';
import { emailCodeMail } from '#interactions/messages/email-code.ts';
import { createNoticeRenderer } from '#interactions/messages/notices.ts';
import { phoneCodeText } from '#interactions/messages/phone-code.ts';
import { NOTICE_KINDS, type Notice, type NoticeKind } from '#src/message/notices.ts';
import { newTenant } from '../../src/message/message-bench.ts';

const texts = createTexts();
const issuer = 'https://login.voorbeeld.example:8443';
const code = '012345';
const sms = (locale: 'nl' | 'en', loginName?: string) =>
  phoneCodeText(texts.for(locale), { channel: 'sms', code, loginName, issuer });

describe('the text message with a code', () => {
  test('is the one of the text book, its last line bound to the host without scheme and port', () => {
    const last = '@login.voorbeeld.example #012345';
    assert.equal(sms('nl'), `012345 is uw inlogcode. Geef hem aan niemand.\n${last}`);
    assert.equal(sms('en'), `012345 is your sign-in code. Give it to nobody.\n${last}`);
  });

  test('names the login name where several have the number', () => {
    assert.equal(
      sms('nl', 'j.devries'),
      '012345 is uw inlogcode voor j.devries. Geef hem aan niemand.\n@login.voorbeeld.example #012345',
    );
    assert.equal(
      sms('en', 'j.devries'),
      '012345 is your sign-in code for j.devries. Give it to nobody.\n@login.voorbeeld.example #012345',
    );
  });

  test('fits in one message of the plain alphabet, for a login name of usual length', () => {
    for (const locale of locales) {
      const text = sms(locale, 'j.devries@voorbeeld.example');
      assert.ok(text.length <= 160, `${text.length}`);
      assert.match(text, /^[\n\x20-\x5a\x61-\x7a]+$/);
    }
  });

  test('has its last line whatever the login name is', () => {
    fc.assert(
      fc.property(fc.string(), (loginName) => {
        const lines = sms('nl', loginName).split('\n');
        assert.equal(lines.at(-1), '@login.voorbeeld.example #012345');
      }),
    );
  });
});

describe('the spoken message with a code', () => {
  const spoken = (loginName?: string) =>
    phoneCodeText(texts.for('nl'), { channel: 'voice', code, loginName, issuer });

  test('says it twice, digit by digit, and no line for browsers', () => {
    assert.equal(spoken().match(/0, 1, 2, 3, 4, 5/g)?.length, 2);
    assert.equal(spoken().includes(code), false);
    assert.equal(spoken().includes('@'), false);
  });

  test('names the login name where several have the number', () => {
    assert.ok(spoken('j.devries').includes('j.devries'));
    assert.equal(spoken().includes('j.devries'), false);
  });
});

describe('the text message with a backup code', () => {
  test('has the code as it stands on the page, says what it is for, and no browser fills it in', () => {
    const tenant = newTenant();
    for (const locale of locales) {
      const text = backupCodeText(texts.for(locale), { code: '0123 4567', tenant });
      assert.ok(text.startsWith('0123 4567 '));
      assert.ok(text.includes(tenant.settings.productName));
      assert.ok(text.length <= 160);
      assert.equal(/[@#\n]/.test(text), false);
    }
  });
});

describe('the e-mail with a code', () => {
  const hostile = '<img src=x onerror=alert(1)> & "Zorg"';
  const mail = (locale: 'nl' | 'en', changes: Parameters<typeof newTenant>[0] = {}) => {
    const tenant = newTenant(changes).settings;
    return emailCodeMail({ tenant, locale, t: texts.for(locale) }, code);
  };

  test('has the code once in both its forms, and never in the subject', () => {
    for (const locale of locales) {
      const { subject, text, html } = mail(locale);
      assert.equal(text.split(code).length, 2);
      assert.equal(html.split(code).length, 2);
      assert.equal(subject.includes(code), false);
      assert.ok(html.includes(`<html lang="${locale}">`));
    }
  });

  test('says in both its forms what to do when one did not ask, and who helps and when', () => {
    const helpDesk = {
      email: 'help@voorbeeld.example',
      phone: '030 234 56 78',
      hours: { nl: 'werkdagen 9-17 uur', en: 'working days 9-17' },
    };
    const { text, html } = mail('nl', { helpDesk });
    for (const part of [
      'Heeft u dit niet gevraagd?',
      'help@voorbeeld.example',
      '030 234 56 78',
      'werkdagen 9-17 uur',
      '10 minuten',
    ]) {
      assert.ok(text.includes(part), part);
      assert.ok(html.includes(part), part);
    }
    assert.ok(html.includes('href="mailto:help@voorbeeld.example"'));
    assert.ok(text.includes('help@voorbeeld.example of 030 234 56 78'));
  });

  test('is in the look of the tenant, and fetches nothing', () => {
    const { html } = mail('nl', { theme: { backdrop: '#123abc' } });
    assert.ok(html.includes('#123abc'));
    assert.equal(/<(img|link|script|style|iframe)\b|url\(|https?:/i.test(html), false);
  });

  test('carries no tenant text as HTML', () => {
    const { html, text } = mail('en', { productName: hostile });
    assert.equal(html.includes('<img'), false);
    assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Zorg&quot;'));
    assert.ok(text.includes(hostile));
  });
});

describe('a notice', () => {
  const at = Date.UTC(2026, 0, 15, 9, 5);
  const tenant = newTenant({ helpDesk: { email: 'help@voorbeeld.example', phone: '030 234 56 78' } });
  const render = createNoticeRenderer(texts);
  const href = 'https://login.voorbeeld.example/not-me#abc';
  const notice = (what: NoticeKind, changes: Partial<Notice> = {}): Notice => ({
    ...{ what, tenant, loginName: 'j.devries', locale: 'nl', at, detail: {}, reportHref: undefined },
    ...changes,
  });

  test('says what happened to whom and when, and whom to call, in words of its own', () => {
    for (const locale of locales) {
      const said = NOTICE_KINDS.map((what) => {
        const phone = render.phone(notice(what, { locale }), 'sms');
        const mail = render.email(notice(what, { locale }));
        for (const text of [phone, mail.text]) {
          for (const part of ['j.devries', tenant.settings.productName, '2026', '10:05', '030 234 56 78']) {
            assert.ok(text.includes(part), `${part} in ${text}`);
          }
        }
        assert.ok(mail.html.includes('j.devries'));
        assert.ok(mail.subject.includes(tenant.settings.productName));
        return phone;
      });
      assert.equal(new Set(said).size, NOTICE_KINDS.length);
    }
    assert.ok(render.phone(notice('backup-code-used'), 'sms').includes('15 januari 2026 om 10:05'));
  });

  test('has the way to say “this was not me”: a button and its address in a mail, an address in a text message', () => {
    for (const locale of locales) {
      for (const what of NOTICE_KINDS) {
        const linked = notice(what, { locale, reportHref: href });
        const { text, html } = render.email(linked);
        assert.ok(text.includes(`\n${href}\n`), text);
        assert.ok(html.includes(`href="${href}"`));
        const phone = render.phone(linked, 'sms');
        assert.ok(phone.includes(` ${href} `), phone);
        assert.ok(phone.includes('030 234 56 78'), phone);
      }
    }
    for (const without of [
      render.email(notice('method-added')).html,
      render.phone(notice('method-added'), 'sms'),
    ])
      assert.equal(/https?:|\bundefined\b|Dit was ik niet/.test(without), false);
  });

  test('reads out no address: nobody types one that is heard', () => {
    const heard = render.phone(notice('password-changed', { reportHref: href }), 'voice');
    assert.equal(heard.includes('https'), false);
    assert.ok(heard.includes('030 234 56 78'));
  });

  test('asks whether it was asked for, where the help desk did it', () => {
    for (const what of ['unblocked', 'second-step-reset'] as const) {
      const { text } = render.email(notice(what, { locale: 'en' }));
      assert.ok(text.includes('Did you not ask for this?'), text);
    }
    assert.ok(render.email(notice('new-browser', { locale: 'en' })).text.includes('Was this not you?'));
  });

  test('tells how many tries there were, and from which browser', () => {
    const failures = notice('signed-in-after-failures', { detail: { count: 17 } });
    assert.match(render.phone(failures, 'sms'), /17 keer mis/);
    const chrome =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
    for (const [userAgent, said] of [
      [chrome, 'Chrome op Windows.'],
      [`${chrome} Edg/141.0.0.0`, 'Edge op Windows.'],
      ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox op Linux.'],
      [
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
        'Safari op iPhone.',
      ],
      ['<b>Evil</b> https://evil.example', 'onbekend.'],
      [undefined, 'onbekend.'],
    ] as const) {
      const text = render.phone(notice('new-browser', { detail: { userAgent } }), 'sms');
      assert.ok(text.includes(`browser: ${said}`), text);
      assert.equal(text.includes('vil'), false, 'nothing of a stranger’s words');
    }
  });

  test('carries no login name as HTML', () => {
    const { html } = render.email(notice('method-added', { loginName: '<b>x</b>' }));
    assert.ok(html.includes('&lt;b&gt;x&lt;/b&gt;'));
    assert.equal(html.includes('<b>x'), false);
  });
});
