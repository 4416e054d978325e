import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { helpListPage, helpTopicPage } from '#interactions/help/help.view.ts';
import { helpTopics } from '#interactions/help/topics.ts';
import { helpHref, wayBack } from '#interactions/views/help-link.ts';
import { galleryPages, sampleTenant } from '../../support/gallery-pages.ts';
import { frameOf } from '../views/frame.ts';

const page = { backHref: '/interaction/abc', cameFrom: true, recoverHref: '/recover' };

/** What stands on a page of help, without its tags. */
function textOf(html: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '';
  return main.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

describe('help', () => {
  for (const locale of ['nl', 'en'] as const) {
    const frame = frameOf({ locale });

    test(`lists every question, and each is a page from which every other is one click away (${locale})`, () => {
      const list = helpListPage(frame, page);
      for (const topic of helpTopics) {
        assert.ok(list.includes(`id="topic-${topic}" href="/help/${topic}?`), topic);
        const answer = helpTopicPage(frame, topic, page);
        assert.match(answer, /<main data-step="help"/);
        for (const other of helpTopics)
          assert.equal(
            answer.includes(`id="topic-${other}" href="/help/${other}?`),
            other !== topic,
            `${topic}: ${other}`,
          );
      }
    });

    test(`says on every page whom to ask and when, and never to tell a code (${locale})`, () => {
      for (const html of [
        helpListPage(frame, page),
        ...helpTopics.map((topic) => helpTopicPage(frame, topic, page)),
      ]) {
        const desk = /<section id="help-desk">[\s\S]*?<\/section>/.exec(html)?.[0] ?? '';
        assert.match(desk, /mailto:helpdesk@verzuim\.example/);
        assert.match(desk, /tel:0301234567/);
        assert.ok(desk.includes(sampleTenant.helpDesk.hours?.[locale] ?? 'none'));
        assert.ok(desk.includes(frame.t('stuck.helpNever')));
      }
    });

    test(`answers with more than one sentence, and fills in every name (${locale})`, () => {
      for (const topic of helpTopics) {
        const html = helpTopicPage(frame, topic, page);
        assert.ok((html.match(/<li>|<p>/g) ?? []).length >= 4, topic);
        assert.doesNotMatch(html, /\{\{|\}\}|[\u{e000}\u{e001}]|undefined/u, topic);
      }
    });
  }

  test('names buttons and links exactly as they stand on the pages (R17, R19)', () => {
    const sms = textOf(helpTopicPage(frameOf(), 'sms-not-received', page));
    assert.match(sms, /Inloggen mislukt .* SMS opnieuw versturen .* Gebruik back-upcode/);
    assert.match(textOf(helpTopicPage(frameOf(), 'login-name-forgotten', page)), /Loginnaam opvragen/);
    assert.match(textOf(helpTopicPage(frameOf(), 'password-forgotten', page)), /Wachtwoord aanvragen/);
  });

  test('leads to a new password or the login name where that is what to do', () => {
    const leads = helpTopics.filter((topic) =>
      helpTopicPage(frameOf(), topic, page).includes('<a class="primary" id="recover" href="/recover">'),
    );
    assert.deepEqual(leads, ['password-forgotten', 'login-name-forgotten', 'mail-link', 'blocked']);
  });

  test('sends somebody with another number to their own settings, however they get in, and else to the help desk (R23)', () => {
    const html = helpTopicPage(frameOf(), 'number-changed', page);
    assert.equal(html.match(/<a href="\/account\/phone">Instellingen<\/a>/g)?.length, 2);
    assert.match(textOf(html), /Heeft u geen andere manier\? De helpdesk/);
  });

  test('says what people can change themselves, and leads to it; who can’t get in, to a mail or the help desk (R14, R23)', () => {
    for (const locale of ['nl', 'en'] as const) {
      const frame = frameOf({ locale });
      const html = helpTopicPage(frame, 'own-settings', { ...page, recoverHref: '/recover?from=abc' });
      assert.deepEqual(html.match(/(?<=<a class="primary" id=")[^>]+(?=">)/g), [
        'to-settings" href="/account',
      ]);
      const steps = /<ol class="reasons">[\s\S]*<\/ol>/.exec(html)?.[0] ?? '';
      const linked = [...steps.matchAll(/<a href="([^"]+)">([^<]+)<\/a>/g)].map(([, href, text]) => [
        href,
        text,
      ]);
      assert.deepEqual(linked, [
        ['/account/phone', frame.t('settings.overview.phone')],
        ['/account/methods', frame.t('settings.overview.methods')],
        ['/account/methods', frame.t('settings.overview.methods')],
        ['/recover?from=abc', frame.t('help.recover')],
      ]);
      for (const key of [
        'help.toSettings',
        'settings.change',
        'stuck.title',
        'factor.backup-code.choose',
      ] as const)
        assert.ok(steps.includes(`<strong>${frame.t(key)}</strong>`), key);
      assert.match(textOf(html), locale === 'nl' ? /alleen de helpdesk/ : /only the help desk/);
    }
  });

  test('sends somebody who wants another method than text messages to their own methods', () => {
    const html = helpTopicPage(frameOf(), 'yubikey-app-instead-of-sms', page);
    assert.match(html, /Ga naar <a href="\/account\/methods">Tweede stap<\/a>/);
  });

  test('tells somebody without data that signing in worked, and who gives access (R26)', () => {
    const text = textOf(helpTopicPage(frameOf(), 'no-data', page));
    assert.match(text, /Het inloggen is gelukt\./);
    assert.match(text, /De beheerder van uw organisatie/);
    assert.ok(text.includes(sampleTenant.applicationName));
  });

  test('explains why a phone number is asked, without claiming the law (R27)', () => {
    for (const [locale, why] of [
      ['nl', /gegevens over gezondheid/],
      ['en', /health information/],
    ] as const) {
      const text = textOf(helpTopicPage(frameOf({ locale }), 'why-phone', page));
      assert.match(text, why);
      assert.doesNotMatch(text, /\bwet(telijk|ten)?\b|verplicht|\blaw\b|legal|required/i);
    }
  });

  test('leads to manuals only where there are some', () => {
    assert.doesNotMatch(helpListPage(frameOf(), page), /id="manuals"/);
    const manuals = 'https://verzuim.example/manuals?a=1&b=2';
    const tenant = { ...sampleTenant, helpDesk: { ...sampleTenant.helpDesk, manuals } };
    for (const html of [
      helpListPage(frameOf({ tenant }), page),
      helpTopicPage(frameOf({ tenant }), 'blocked', page),
    ])
      assert.ok(html.includes('<a id="manuals" href="https://verzuim.example/manuals?a=1&amp;b=2">'));
  });
});

describe('the link to help', () => {
  test('is on every page', () => {
    for (const [name, draw] of Object.entries(galleryPages)) {
      assert.match(draw(frameOf()), /<footer>.*<a id="help" href="\/help\?lang=nl[^"]*">Hulp<\/a>/s, name);
    }
  });

  test('leads straight to the answer at each dead end', () => {
    for (const [name, topics] of Object.entries({
      'password-wrong': ['password-forgotten'],
      'password-wait': ['blocked'],
      stuck: ['sms-not-received', 'phone-forgotten', 'number-changed'],
      'second-sms': ['sms-not-received'],
      'enrol-sms-code': ['sms-not-received'],
      blocked: ['blocked'],
      error: ['first-sign-in-error'],
    })) {
      const html = galleryPages[name]?.(frameOf()) ?? '';
      const found = [...html.matchAll(/<a id="help-([a-z-]+)" href="\/help\/([^?"]+)\?/g)];
      assert.deepEqual(
        found.map(([, id]) => id),
        topics,
        name,
      );
      for (const [, id, path] of found) assert.equal(id, path);
    }
    assert.doesNotMatch(galleryPages.password?.(frameOf()) ?? '', /id="help-/);
  });

  test('knows the page’s language and the way back, also from one answer to the next', () => {
    const from = { locale: 'en', back: '/interaction/abc/stuck' } as const;
    assert.equal(helpHref(from), '/help?lang=en&back=%2Finteraction%2Fabc%2Fstuck');
    const next = { locale: 'en', back: helpHref(from), helpBack: from.back } as const;
    assert.equal(helpHref(next, 'blocked'), '/help/blocked?lang=en&back=%2Finteraction%2Fabc%2Fstuck');
    assert.equal(helpHref({ locale: 'nl', back: '/help?lang=nl' }), '/help?lang=nl');
  });

  test('repeats no address that has something in it: a link of a mail, an application’s request', () => {
    for (const path of [
      '/recover/link?token=secret',
      '/recover/link?from=abc&token=secret',
      '/not-me?token=secret',
      '/auth?client_id=a&state=b',
      '/',
      '/help',
    ])
      assert.equal(helpHref({ locale: 'nl', back: path }), '/help?lang=nl', path);
  });

  test('leads back to pages of ours and nowhere else', () => {
    for (const path of [
      '/interaction/abc',
      '/interaction/a_b-C9/explanation/app',
      '/recover',
      '/recover/step?from=a_b-C9',
      '/account',
      '/account/methods/0198c2e4-0000-7000-8000-000000000000/name',
    ])
      assert.equal(wayBack(path), path);
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example/interaction/abc',
      '/interaction/abc//evil.example',
      '/interaction/../auth',
      '/interaction/abc?x=1',
      '/interaction/abc\n',
      '/recover?from=abc&x=1',
      'javascript:alert(1)',
      '/session/end',
      '/account?resumed=1',
      '/account?from=abc',
      '/account/',
      '/account//evil.example',
      '/accounts',
      '/account/../auth',
      '',
      undefined,
      ['/interaction/abc'],
    ])
      assert.equal(wayBack(path), undefined, String(path));
  });
});
