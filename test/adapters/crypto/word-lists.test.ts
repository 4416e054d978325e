import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import { loadWordLists } from '#adapters/crypto/word-lists.ts';
import { createPasswordRules, PASSWORD_MIN } from '#src/account/password-rules.ts';

const rules = createPasswordRules({ loadWordLists });
const context = {
  tenantName: 'Voorbeeld',
  productName: 'Verzuim',
  host: 'login.example',
  loginName: 'j.devries',
};
const check = (password: string) => rules.checkNewPassword(password, context);

describe('word lists', () => {
  test('every common password that is long enough is refused, also with a capital and a sign', async () => {
    const common = dictionary['passwords-common'].filter((word) => Array.from(word).length >= PASSWORD_MIN);
    assert.ok(common.length > 200);
    for (const password of common) {
      for (const typed of [password, `${password.charAt(0).toUpperCase()}${password.slice(1)}!`]) {
        const answer = await check(typed);
        assert.equal(!answer.ok && answer.reasons.includes('listed'), true, typed);
      }
    }
  });

  test('common passwords brought to the required length are refused', async () => {
    for (const password of [
      'password1234',
      'Password1234!',
      'P@ssw0rd2024!',
      'Welkom12345678',
      'Welkom01welkom01',
      'Wachtwoord123!',
      'Zomer2024!!!!',
      'herfst-2024-herfst',
      'qwerty123456!',
      'qwertyuiop[]',
      '1q2w3e4r5t6y',
      '123456789012',
      '987654321098',
      'aaaaaaaaaaaa',
      'abcdefghijkl',
      'iloveyou2024!',
      'letmeinletmein',
      'trustno1trustno1',
      '$unshine12345',
      'Administrator1!',
    ]) {
      const answer = await check(password);
      assert.equal(!answer.ok && answer.reasons.includes('listed'), true, password);
    }
  });

  test('Dutch and English words and names are known, in small letters without accents', async () => {
    const words = await loadWordLists();
    for (const word of [
      'wachtwoord',
      'verantwoordelijkheid',
      'congratulations',
      'peeters',
      'helene',
      'johnson',
    ]) {
      assert.equal(words.has(word), true, word);
    }
    for (const word of ['Wachtwoord', 'hélène', '', 'kxvbqzkxvbqz'])
      assert.equal(words.has(word), false, word);
  });

  test('phrases of several words pass', async () => {
    for (const password of [
      'correct horse battery staple',
      'fietsen naar de zee in mei',
      'paars konijn 7 lantaarns',
      'zomer winter herfst lente',
      'Tr0ub4dor&3xyz',
      'aaaaaaaaaaaaaaaaaaaaaaq7',
      '😀🚲🌧️🍰 regen en taart',
    ]) {
      assert.deepEqual(await check(password), { ok: true }, password);
    }
  });
});
