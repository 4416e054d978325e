import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createBrowserMarks } from '#src/lockout/browser-mark.ts';
import { STRANGERS } from '#src/lockout/ports.ts';

const digester = createDigester(randomBytes(32));
const marks = createBrowserMarks({ digester });
const tenantId = randomUUID();

describe('the mark of a browser', () => {
  test('is read as the lane it was made for, by every process with the same key', () => {
    const { value, browser } = marks.make(tenantId);
    assert.equal(createBrowserMarks({ digester }).read(tenantId, value), browser);
    assert.notEqual(browser, STRANGERS);
  });

  test('is another one each time, and fits in a cookie as it is', () => {
    const made = Array.from({ length: 50 }, () => marks.make(tenantId));
    assert.equal(new Set(made.map(({ value }) => value)).size, 50);
    assert.equal(new Set(made.map(({ browser }) => browser)).size, 50);
    for (const { value } of made) assert.match(value, /^[\w-]{22}\.[\w-]{43}$/);
  });

  test('does not show the lane: what is kept with us can not be made from a cookie, nor a cookie from it', () => {
    const { value, browser } = marks.make(tenantId);
    assert.equal(value.includes(browser), false);
    assert.equal(browser.includes(value.slice(0, 22)), false);
    assert.equal(marks.read(tenantId, `${value.slice(0, 22)}.${browser}`), undefined);
  });

  test('is nothing at another tenant or under another key', () => {
    const { value } = marks.make(tenantId);
    assert.equal(marks.read(randomUUID(), value), undefined);
    const others = createBrowserMarks({ digester: createDigester(randomBytes(32)) });
    assert.equal(others.read(tenantId, value), undefined);
  });

  test('is nothing with any one character changed, cut or added', () => {
    const { value } = marks.make(tenantId);
    const at = fc.nat({ max: value.length - 1 });
    fc.assert(
      fc.property(at, fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }), (index, other) => {
        fc.pre(value[index] !== other);
        const [head, tail] = [value.slice(0, index), value.slice(index + 1)];
        for (const forged of [`${head}${other}${tail}`, `${head}${tail}`]) {
          assert.equal(marks.read(tenantId, forged), undefined);
        }
        assert.equal(marks.read(tenantId, `${value}${other}`), undefined);
        assert.equal(marks.read(tenantId, `${other}${value}`), undefined);
      }),
    );
  });

  test('that is no mark at all reads as none', () => {
    const random = () => `${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
    for (const value of [undefined, '', '.', 'x', 'a'.repeat(10_000), `\0${random()}`, random()]) {
      assert.equal(marks.read(tenantId, value), undefined);
    }
    fc.assert(fc.property(fc.string(), (text) => marks.read(tenantId, text) === undefined));
  });
});
