import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeEmail } from '#src/settings/judge-email.ts';

const owner = { loginName: 'j.devries', email: 'oud@test.example', emailVerified: true };
const faultOf = (typed: string, of: Partial<typeof owner> = {}) => {
  const judged = judgeEmail({ ...owner, ...of }, typed);
  return judged.ok ? undefined : judged.fault;
};
/** Addresses as people have them, in another spelling of capitals and blanks. */
const respelled = (email: string) => ` ${email.toUpperCase()} `;
const emails = fc.emailAddress().filter((email) => email.toUpperCase().toLowerCase() === email.toLowerCase());

describe('an address that somebody wants', () => {
  test('is one to write to', () => {
    for (const typed of ['', '  ', '\t']) assert.equal(faultOf(typed), 'empty');
    for (const typed of ['naam', 'naam@', '@test.example', 'a b@test.example', `${'a'.repeat(300)}@x.nl`]) {
      assert.equal(faultOf(typed), 'malformed', typed);
    }
    assert.deepEqual(judgeEmail(owner, ' Nieuw@test.example '), { ok: true, email: 'Nieuw@test.example' });
  });

  test('is another one than the account proved, in whatever spelling, and may be the one it did not prove', () => {
    fc.assert(
      fc.property(emails, (email) => {
        fc.pre(judgeEmail({ ...owner, email, emailVerified: false }, email).ok);
        assert.equal(faultOf(respelled(email), { email }), 'same');
        assert.equal(faultOf(respelled(email), { email, emailVerified: false }), undefined);
      }),
    );
  });

  test('is the login name itself where that looks like an address', () => {
    fc.assert(
      fc.property(emails, emails, (loginName, other) => {
        const of = { loginName, email: 'onbevestigd@test.example', emailVerified: false };
        fc.pre(judgeEmail({ ...of, loginName: 'j.devries' }, loginName).ok);
        assert.equal(faultOf(respelled(loginName), of), undefined);
        if (loginName.toLowerCase() !== other.toLowerCase()) {
          assert.ok(['login-name', 'malformed'].includes(faultOf(other, of) ?? 'none'));
        }
      }),
    );
  });
});
