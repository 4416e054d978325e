import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { NewAuditRecord } from '#src/audit/ports.ts';
import { createOperatorEvents } from '#src/operator-events.ts';
import { type Answer, Browser } from '../support/browser.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { addTenant } from '../support/second-tenant.ts';
import { openSettings } from '../support/settings.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

const PATH = '/account/activity';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Kinds of the lines on a page, and their words. */
const linesOn = ({ body }: Answer) =>
  [...body.matchAll(/<li[^>]*data-kind="([^"]+)">([\s\S]*?)<\/li>/g)].map(([, kind = '', text = '']) => ({
    kind,
    text: text
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  }));

describe('what happened, in the settings', () => {
  const ending = endOfSuite();
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1 });
  });

  const log = () => installation.running.composition.durable.audit.events;
  const tenantId = () => installation.running.composition.tenant.id;

  /** An event as the log keeps it. */
  const written = (subject: string, event: string, more: Partial<NewAuditRecord> = {}): NewAuditRecord => ({
    ...{ tenantId: tenantId(), id: randomUUID(), at: Date.now(), version: 1, event, outcome: 'success' },
    ...{ subject, actor: { kind: 'person', id: subject }, addressDigest: undefined, agentDigest: undefined },
    ...more,
  });

  test('a sign-in is one line, with browser, address and method, and a wrong password is another', async () => {
    const me = await openSettings(installation, { loginName: 'een.regel' });
    const stranger = new Browser();
    const { page } = await beginSignIn(installation, stranger);
    await typePassword(stranger, page, 'een.regel', 'a-guess-that-is-no-good');
    const shown = await me.open(PATH);
    assert.equal(shown.step, 'settings-activity');
    assert.deepEqual(
      linesOn(shown).map(({ kind }) => kind),
      ['wrong-password', 'signed-in'],
    );
    const [wrong, signIn] = linesOn(shown);
    assert.match(wrong?.text ?? '', /^Niet gelukt: Iemand vulde een verkeerd wachtwoord in/);
    assert.doesNotMatch(wrong?.text ?? '', new RegExp(stranger.address.replaceAll('.', '\\.')));
    assert.match(signIn?.text ?? '', /^U heeft ingelogd Tweede stap: Code uit een app\./);
    assert.match(
      signIn?.text ?? '',
      new RegExp(`om \\d\\d:\\d\\d .*adres ${me.browser.address} · voor Instellingen$`),
    );
  });

  test('applications go by their names, and browsers by what people call them', async () => {
    const me = await openSettings(installation, { loginName: 'met.namen' });
    const at = { client: 'app', userAgent: FIREFOX, address: '192.0.2.7' };
    await log().append(tenantId(), [
      written(me.account.id, 'authorization.granted', at),
      written(me.account.id, 'access.withdrawn', { client: 'gone-since' }),
    ]);
    const [withdrawn, opened] = linesOn(await me.open(PATH));
    assert.match(withdrawn?.text ?? '', /^U nam gone-since de toegang af/);
    assert.match(opened?.text ?? '', /^U ging naar app .* Firefox op Windows · adres 192\.0\.2\.7$/);
  });

  test('what the help desk did is told with who and why, in their own words and as text', async () => {
    const me = await openSettings(installation, { loginName: 'geholpen' });
    const { log: lines, audit } = installation.running.composition;
    const events = createOperatorEvents(lines, audit.trail);
    const context = {
      tenantId: tenantId(),
      operator: '<b>m.desk</b>',
      reason: 'belde "het" nummer & <i>zo</i>',
    };
    events.explained({ ...context, reference: 'desk' }, { account: me.account.id });
    events.unblocked(
      { ...context, reason: undefined, reference: 'desk' },
      { account: me.account.id, changed: true },
    );
    await audit.trail.settled('desk');
    const page = await me.open(PATH);
    const [unblocked, looked] = linesOn(page);
    assert.equal(looked?.kind, 'looked-at');
    assert.match(looked?.text ?? '', /^Iemand bekeek uw gegevens Gedaan door: &lt;b&gt;m\.desk&lt;\/b&gt;\./);
    assert.match(looked?.text ?? '', /Reden: belde &quot;het&quot; nummer &amp; &lt;i&gt;zo&lt;\/i&gt;/);
    assert.match(unblocked?.text ?? '', /Er is geen reden gegeven\./);
    assert.doesNotMatch(page.body, /<b>|<i>/);
  });

  test('a guesser floods nothing: a thousand tries are a line, and a page goes on where it ended', async () => {
    const me = await openSettings(installation, { loginName: 'doelwit' });
    const { id } = me.account;
    const guess = () =>
      written(id, 'sign-in.password', {
        outcome: 'failure',
        reason: 'refused',
        actor: { kind: 'anonymous' },
      });
    const changes = Array.from({ length: 60 }, () => [written(id, 'language.changed'), guess()]).flat();
    await log().append(tenantId(), [...Array.from({ length: 1_000 }, guess), ...changes]);
    const pages = [await me.open(PATH)];
    for (let page = pages[0]; page !== undefined && pages.length < 10; ) {
      const older = /id="older" href="([^"]+)"/.exec(page.body)?.[1];
      page = older === undefined ? undefined : await me.open(older);
      if (page !== undefined) pages.push(page);
    }
    assert.equal(pages.length, 3);
    const lines = pages.flatMap(linesOn);
    assert.equal(lines.filter(({ kind }) => kind === 'language-changed').length, 60);
    assert.equal(lines.filter(({ kind }) => kind === 'signed-in').length, 1);
    const told = lines
      .filter(({ kind }) => kind === 'wrong-password')
      .map(({ text }) => /\((\d+) keer\)/.exec(text)?.[1]);
    assert.equal(told.length, 3);
    assert.equal(
      told.reduce((sum, count) => sum + Number(count), 0),
      1_060,
    );
    assert.match(pages[2]?.body ?? '', /id="newest"/);
    assert.doesNotMatch(pages[2]?.body ?? '', /id="older"/);
  });

  test('nobody reads what is about somebody else, whatever number they ask from', async () => {
    const victim = await openSettings(installation, { loginName: 'slachtoffer' });
    const other = await addTenant(installation, 'andere-organisatie');
    const twin = await openSettings(other, { loginName: 'slachtoffer' });
    const me = await openSettings(installation, { loginName: 'nieuwsgierig' });
    await log().append(tenantId(), [
      written(victim.account.id, 'user.explained', {
        actor: { kind: 'operator', id: 'm.desk' },
        reason: 'only for the victim',
      }),
      written(victim.account.id, 'phone.changed', { address: '203.0.113.99' }),
    ]);
    const [theirs] = await log().bySubject(tenantId(), victim.account.id, 1);
    const after = (theirs?.seq ?? 0) + 1;
    const wishes = [
      `before=${after}`,
      'before=999999999999999',
      'before=0',
      'before=-1',
      'before=1e3',
      'before=x',
    ];
    const more = [`before=${after}&before=1`, `subject=${victim.account.id}`, `account=${victim.account.id}`];
    for (const wish of [...wishes, ...more]) {
      const page = await me.open(`${PATH}?${wish}`);
      assert.equal(page.step, 'settings-activity', wish);
      assert.doesNotMatch(page.body, /only for the victim|203\.0\.113\.99|slachtoffer/, wish);
      assert.deepEqual([...new Set(linesOn(page).map(({ kind }) => kind))], ['signed-in'], wish);
    }
    assert.match((await victim.open(PATH)).body, /only for the victim/);
    const apart = await twin.open(`${PATH}?before=${after}`);
    assert.doesNotMatch(apart.body, /only for the victim|203\.0\.113\.99/);
    assert.equal((await new Browser().open(`${installation.issuer}${PATH}`)).step, 'password');
  });

  test('the overview tells the last three sign-ins', async () => {
    const me = await openSettings(installation, { loginName: 'drie.keer' });
    const at = Date.UTC(2026, 0, 15, 13, 5);
    const past = Array.from({ length: 4 }, (_, index) =>
      written(me.account.id, 'sign-in.done', { at: at + index * 60_000, userAgent: FIREFOX }),
    );
    await log().append(tenantId(), past);
    const { body } = await me.open('/account');
    for (const minute of [6, 7, 8])
      assert.match(body, new RegExp(`15 januari 2026 om 14:0${minute}: Firefox op Windows`));
    assert.doesNotMatch(body, /14:05/);
  });
});
