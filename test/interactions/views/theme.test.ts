import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contrast, themeFromQuery, themePath, themeStylesheet } from '#interactions/views/theme.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

function token(css: string, name: string, dark = false): string {
  const part = css.split('@media')[dark ? 1 : 0] ?? '';
  const found = new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(part)?.[1];
  assert.ok(found, `--${name} in ${part}`);
  return found;
}

describe('colours of a tenant', () => {
  test('contrast is measured as WCAG measures it', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#ffffff', '#ffffff'), 1);
    assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
  });

  test('whatever a tenant chooses, every text stays readable', () => {
    fc.assert(
      fc.property(colour, colour, colour, (backdrop, accent, accentText) => {
        const css = themeStylesheet({ backdrop, accent, accentText });
        assert.ok(contrast(token(css, 'backdrop'), '#ffffff') >= 4.5, 'product name');
        assert.ok(contrast(token(css, 'backdrop', true), '#ffffff') >= 4.5, 'product name, dark');
        assert.ok(contrast(token(css, 'accent'), token(css, 'accent-text')) >= 4.5, 'button');
        assert.ok(
          contrast(token(css, 'accent-strong'), token(css, 'accent-text')) >= 4.5,
          'button, pointed at',
        );
        assert.ok(contrast(token(css, 'link'), '#f2f5f8') >= 4.5, 'link');
        assert.ok(contrast(token(css, 'link', true), '#212d3a') >= 4.5, 'link, dark');
      }),
    );
  });

  test('readable colours are used as they were chosen', () => {
    const css = themeStylesheet({ backdrop: '#102A43', accent: '#0b6e4f', accentText: '#fefefe' });
    assert.equal(token(css, 'backdrop'), '#102a43');
    assert.equal(token(css, 'accent'), '#0b6e4f');
    assert.equal(token(css, 'accent-text'), '#fefefe');
  });

  test('a text that is no colour never becomes CSS', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^#[0-9a-f]{6}$/i.test(text));
        const theme = { backdrop: text, accent: text, accentText: text };
        assert.equal(themeStylesheet(theme), '');
        assert.equal(themePath(theme), undefined);
      }),
    );
    const hostile = new URLSearchParams({ backdrop: '000000}body{display:none', accent: '12345g' });
    assert.equal(themeStylesheet(themeFromQuery(hostile)), '');
  });

  test('the address of a theme names the same colours again', () => {
    fc.assert(
      fc.property(colour, colour, (backdrop, accent) => {
        const path = themePath({ backdrop, accent });
        assert.ok(path);
        const query = new URL(path, 'https://login.example').searchParams;
        assert.deepEqual(themeFromQuery(query), { backdrop, accent, accentText: undefined });
      }),
    );
  });

  test('a tenant without colours has no stylesheet of its own', () => {
    assert.equal(themePath({}), undefined);
    assert.equal(themeStylesheet({}), '');
  });
});
