import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createMailLinks, REPORT_LIFE, readLinkCode, readToken } from '#src/recovery/mail-links.ts';
import type { NewMailLink } from '#src/recovery/ports.ts';
import { createTestClock } from '../../support/clock.ts';
import { methodContext } from '../../support/method-context.ts';

const { tenant } = methodContext();
const anna = { id: 'anna', email: 'Anna@Example.org' };

/** Links, and what was kept of them. */
function bench(there = true) {
  const kept: NewMailLink[] = [];
  const clock = createTestClock();
  const links = createMailLinks({
    links: { issue: async (_tenant, link) => there && kept.push(link) > 0 },
    digester: createDigester(Buffer.alloc(32, 7)),
    clock,
  });
  return { kept, clock, links };
}

describe('a link in a mail', () => {
  test('is kept as hash and digest alone, and leads to the host of its tenant', async () => {
    const { kept, clock, links } = bench();
    const made = await links.issue({ tenant, account: anna, purpose: 'reset', life: 1000 });
    assert.ok(made);
    assert.equal(made.href, `${tenant.issuer}/recover/link?token=${made.token}`);
    assert.equal(Buffer.from(made.token.slice(0, 43), 'base64url').length, 32);
    assert.equal(made.expiresAt, clock.now() + 1000);
    const [link] = kept;
    assert.equal(link?.tokenHash, createHash('sha256').update(made.token).digest('base64url'));
    const code = readLinkCode(made.code) ?? '';
    assert.equal(link?.codeDigest, links.codeDigest(tenant.id, anna, code));
    const text = JSON.stringify(kept);
    for (const secret of [made.token, made.token.slice(0, 43), made.code, code])
      assert.ok(!text.includes(secret));
  });

  test('never has the token or code of another one', async () => {
    const { links } = bench();
    const made = await Promise.all(
      Array.from({ length: 200 }, () => links.issue({ tenant, account: anna, purpose: 'reset', life: 1000 })),
    );
    assert.equal(new Set(made.map((one) => one?.token.slice(0, 43))).size, 200);
    for (const one of made) assert.match(one?.code ?? '', /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  test('is bound to the address it is mailed to, in any spelling, and to tenant and account', async () => {
    const { links } = bench();
    const made = await links.issue({ tenant, account: anna, purpose: 'reset', life: 1000 });
    const mark = readToken(made?.token ?? '')?.emailMark;
    assert.equal(mark, links.emailMark(tenant.id, { ...anna, email: 'anna@example.ORG' }));
    for (const [tenantId, account] of [
      [tenant.id, { ...anna, email: 'anders@example.org' }],
      [tenant.id, { ...anna, id: 'bert' }],
      ['elders', anna],
    ] as const) {
      assert.notEqual(mark, links.emailMark(tenantId, account));
      assert.notEqual(
        links.codeDigest(tenant.id, anna, 'ABCD1234'),
        links.codeDigest(tenantId, account, 'ABCD1234'),
      );
    }
  });

  test('to say "this was not me" works for a week and has no code', async () => {
    for (const formerEmail of [undefined, 'oud@example.org']) {
      const { kept, clock, links } = bench();
      const href = await links.reportHref(tenant, 'anna', { formerEmail });
      assert.match(href ?? '', new RegExp(`^${tenant.issuer}/not-me\\?token=[\\w-]{43}$`));
      const [link] = kept;
      const purpose = formerEmail === undefined ? 'report' : 'former-address';
      assert.deepEqual(
        [link?.purpose, link?.codeDigest, link?.formerEmail],
        [purpose, undefined, formerEmail],
      );
      assert.equal(link?.expiresAt, clock.now() + REPORT_LIFE);
      assert.equal(REPORT_LIFE, 7 * 24 * 3_600_000);
    }
  });

  test('is not made for an account that is not there', async () => {
    const { links } = bench(false);
    assert.equal(await links.issue({ tenant, account: anna, purpose: 'reset', life: 1 }), undefined);
    assert.equal(await links.reportHref(tenant, 'anna', { formerEmail: undefined }), undefined);
  });
});

test('a code is read however it is typed, and nothing else is one', () => {
  for (const typed of [
    'AB01-CD11',
    'ab01cd11',
    ' ab0l - cdI1 ',
    'ABO1–CDi1',
    'ＡＢ０１ＣＤ１１',
    'a b 0 1 c d 1 1',
  ])
    assert.equal(readLinkCode(typed), 'AB01CD11', typed);
  for (const typed of ['', 'AB01CD1', 'AB01CD111', 'UB01CD11', 'AB01CD1!', `AB01${' '.repeat(200)}CD11`])
    assert.equal(readLinkCode(typed), undefined, typed);
});

test('a token of another shape is none', () => {
  const token = 'a'.repeat(43);
  assert.equal(readToken(token)?.emailMark, undefined);
  assert.equal(readToken(`${token}${'b'.repeat(22)}`)?.emailMark, 'b'.repeat(22));
  for (const other of [
    '',
    'a'.repeat(42),
    'a'.repeat(44),
    `${token}\n`,
    `${token.slice(1)}=`,
    'a'.repeat(5000),
  ])
    assert.equal(readToken(other), undefined);
});
