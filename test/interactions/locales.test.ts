import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTexts, flatten, isTextKey, locales, negotiateLocale, textKey } from '#interactions/i18n.ts';
import en from '#interactions/locales/en.json' with { type: 'json' };
import nl from '#interactions/locales/nl.json' with { type: 'json' };

const files = { nl: new Map(flatten(nl)), en: new Map(flatten(en)) };

function variables(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();
}

describe('language files', () => {
  for (const locale of locales) {
    test(`${locale} has exactly the texts that nl has`, () => {
      assert.deepEqual([...files[locale].keys()].sort(), [...files.nl.keys()].sort());
    });

    test(`${locale} has no empty text`, () => {
      const empty = [...files[locale]].filter(([, text]) => text.trim() === '').map(([key]) => key);
      assert.deepEqual(empty, []);
    });

    test(`${locale} uses the variables that nl uses, in every text`, () => {
      const different = [...files[locale]]
        .filter(([key, text]) => variables(text).join() !== variables(files.nl.get(key) ?? '').join())
        .map(([key]) => key);
      assert.deepEqual(different, []);
    });

    test(`${locale} never says you to somebody the informal way, nor uses a word we have a better one for`, () => {
      const words = /\b(je|jij|jouw|authenticatie|verificatie|2FA|OTP|token|tenant|superuser|aanmelden)\b/i;
      const wrong = [...files[locale]].filter(([, text]) => words.test(text)).map(([key]) => key);
      assert.deepEqual(wrong, []);
    });
  }
});

describe('texts', () => {
  const t = createTexts().for('nl');

  test('a value is filled in as it is: no escaping, no nesting, no second filling', () => {
    const hostile = '<b>&amp; $t(help.label) {{m}} {{n}}';
    assert.equal(t('progress', { n: hostile, m: 2 }), `Stap ${hostile} van 2`);
  });

  test('a value can change neither the language nor the text asked for', () => {
    const values = { n: 1, m: 2, lng: 'en', ns: 'x', defaultValue: 'x' };
    assert.equal(t('progress', values), 'Stap 1 van 2');
  });

  test('each language has its own words', () => {
    const texts = createTexts();
    assert.equal(texts.for('nl')('signIn.title'), 'Inloggen');
    assert.equal(texts.for('en')('signIn.title'), 'Sign in');
  });

  test('a key put together at run time must exist', () => {
    assert.equal(textKey('factor.totp.label'), 'factor.totp.label');
    assert.throws(() => textKey('factor.nothing.label'), /no text called/);
    for (const key of ['toString', '__proto__', 'signIn', '']) assert.equal(isTextKey(key), false);
  });
});

describe('language of a page', () => {
  const fallback = 'nl';

  test('the person’s own choice comes before the application’s, that before the browser’s', () => {
    const acceptLanguage = 'nl';
    assert.equal(negotiateLocale({ cookie: 'en', uiLocales: 'nl', acceptLanguage, fallback }), 'en');
    assert.equal(negotiateLocale({ uiLocales: 'de en-GB nl', acceptLanguage, fallback }), 'en');
    assert.equal(negotiateLocale({ acceptLanguage: 'en', fallback }), 'en');
  });

  test('the browser’s weights count, not its order, and a weight of nought refuses', () => {
    assert.equal(negotiateLocale({ acceptLanguage: 'de, nl;q=0.4, en;q=0.8', fallback }), 'en');
    assert.equal(negotiateLocale({ acceptLanguage: 'en;q=0, fr', fallback }), 'nl');
    assert.equal(negotiateLocale({ acceptLanguage: 'EN-us', fallback }), 'en');
  });

  test('nonsense of any kind ends in a language we have', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (cookie, uiLocales, acceptLanguage) => {
        assert.ok(locales.includes(negotiateLocale({ cookie, uiLocales, acceptLanguage, fallback })));
      }),
    );
    assert.equal(negotiateLocale({ cookie: '__proto__', uiLocales: '* x', fallback }), 'nl');
  });
});
