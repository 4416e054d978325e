import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { contrast } from '#interactions/views/theme.ts';

const css = readFileSync(new URL('../../../interactions/assets/style/tokens.css', import.meta.url), 'utf8');

function tokens(part: string | undefined): Map<string, string> {
  const pairs = [...(part ?? '').matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]));
}

const [lightPart, darkPart] = css.split('@media');
const light = tokens(lightPart);
const sets = { light, dark: new Map([...light, ...tokens(darkPart)]) };

/* Text on ground, and the least contrast: 4.5 for texts, 3 for the edges of controls (WCAG 1.4.3, 1.4.11). */
const pairs: readonly [over: string, under: string, least: number][] = [
  ...['surface', 'surface-soft'].flatMap((under): [string, string, number][] =>
    ['ink', 'ink-soft', 'link'].map((over) => [over, under, 4.5]),
  ),
  ['on-backdrop', 'backdrop', 4.5],
  ['on-backdrop-soft', 'backdrop', 4.5],
  ['accent-text', 'accent', 4.5],
  ['accent-text', 'accent-strong', 4.5],
  ['danger', 'surface', 4.5],
  ['danger', 'danger-soft', 4.5],
  ['warning', 'surface', 4.5],
  ['warning', 'warning-soft', 4.5],
  ['success', 'surface', 4.5],
  ['success', 'success-soft', 4.5],
  ['ink', 'success-soft', 4.5],
  ['link', 'success-soft', 4.5],
  ['control', 'surface', 3],
  ['accent', 'surface', 3],
  ['focus', 'surface', 3],
  ['focus', 'focus-gap', 3],
];

describe('tokens', () => {
  for (const [scheme, set] of Object.entries(sets)) {
    for (const [over, under, least] of pairs) {
      test(`${scheme}: ${over} on ${under} has a contrast of at least ${least}`, () => {
        const [one, other] = [set.get(over), set.get(under)];
        assert.ok(one && other, 'both are tokens');
        assert.ok(contrast(one, other) >= least, `${one} on ${other}: ${contrast(one, other).toFixed(2)}`);
      });
    }
  }

  test('colours are named nowhere else, but for the dark and light of a QR code', () => {
    const folder = new URL('../../../interactions/assets/style/', import.meta.url);
    const parts = [
      'ground',
      'anatomy',
      'form',
      'piece',
      'choice',
      'keep',
      'explain',
      'outbox',
      'phone',
      'preferences',
      'print',
    ];
    for (const part of parts) {
      const text = readFileSync(new URL(`${part}.css`, folder), 'utf8');
      assert.doesNotMatch(text, /#[0-9a-f]{3,8}\b|rgba?\(/i, part);
    }
  });
});
