import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Answer, Browser } from '../support/browser.ts';
import { createTestClock } from '../support/clock.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { createRelyingParty, userinfoStatus } from '../support/relying-party.ts';
import { signInToSettings } from '../support/settings.ts';
import { codeIn, type RelyingParty, signInWithApp } from '../support/sign-in.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const SECRET = 'a-secret-of-another-client-0123456789';
const guest = { id: 'guest', secret: SECRET, redirectUri: 'https://guest.example/callback' };
const clients = [
  {
    ...{ client_id: guest.id, client_secret: SECRET, client_name: 'Rapportage & Analyse' },
    redirect_uris: [guest.redirectUri],
  },
];

/** Longer than the code of an app is good for. */
const NEXT_CODE = 61_000;
const MINUTE = 60_000;

interface Person {
  loginName: string;
  appData: string | undefined;
  id: string;
}

/** What the row of a button says, without its tags. */
function rowOf({ body }: Answer, button: string): string {
  const row = (body.match(/<div class="setting ending">[\s\S]*?<\/form>/g) ?? []).find((one) =>
    one.includes(`id="${button}"`),
  );
  return (row ?? assert.fail(`no row with ${button}`)).replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

const doneIn = ({ body }: Answer) => /id="done"[^>]*>[\s\S]*?<span>([^<]+)/.exec(body)?.[1];

describe('where a person is signed in', () => {
  const ending = endOfSuite();
  const clock = createTestClock(Date.now());
  let installation: Installation;

  before(async () => {
    installation = await startInstallation(ending, { replicas: 1, clients, clock });
  });

  const person = async (loginName: string): Promise<Person> => {
    const { account, appData } = await installation.createAccount({ loginName, withApp: true });
    return { loginName, appData, id: account.id };
  };
  const open = (browser: Browser, path = '/sessions') =>
    browser.open(`${installation.issuer}/account${path}`);

  /** Signs in to a page of the settings, in a browser of this name. */
  const atSettings = async (who: Person, userAgent = FIREFOX, path = '/account/sessions') => {
    clock.advance(NEXT_CODE);
    const browser = new Browser({ userAgent });
    const page = await signInToSettings(installation, browser, { ...who, at: clock.now() }, path);
    return { browser, page };
  };

  /** Signs in to an application, in another browser or in one that is signed in already; resolves to its tokens. */
  const atApplication = async (
    who: Person,
    { browser = new Browser({ userAgent: SAFARI }), client = {}, scope = 'openid profile' } = {},
  ) => {
    clock.advance(NEXT_CODE);
    const party = await createRelyingParty(installation.issuer, client);
    const request = await party.begin({ scope });
    let page = await browser.open(request.url);
    if (page.step === 'password') page = await signInWithApp(browser, page, { ...who, at: clock.now() });
    if (page.step === 'consent') page = await browser.submit(page, {});
    return { browser, party, tokens: await party.finish(request, page.location) };
  };

  type Tokens = Awaited<ReturnType<typeof atApplication>>['tokens'];
  const isAlive = async (party: RelyingParty, tokens: Tokens): Promise<boolean[]> => [
    (await userinfoStatus(installation.issuer, tokens.access_token)) === 200,
    (await party.askToken({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }))
      .status === 200,
  ];
  const DEAD = [false, false];
  const ALIVE = [true, true];

  /** What was recorded about a person under a name, the newest first. */
  const recorded = ({ id }: Person, event: string) => {
    const { durable, tenant } = installation.running.composition;
    return durable.audit.events.bySubject(tenant.id, id, 10, { of: [`${event} success`] });
  };

  test('each is told by browser, time, address and applications, this one first, and no more than is known', async () => {
    const anna = await person('anna');
    await atApplication(anna);
    const { browser } = await atSettings(anna);
    const page = await open(browser);
    assert.equal(page.step, 'settings-sessions');
    assert.equal(page.status, 200);
    const here = rowOf(page, 'sign-out');
    assert.match(here, /Firefox op Windows Deze browser Ingelogd op \d+ \S+ \d{4} om \d\d:\d\d/);
    assert.ok(here.includes(`Vanaf adres ${browser.address}`));
    assert.doesNotMatch(here, /Laatst gebruikt|Gebruikt voor/);
    const there = rowOf(page, 'end-session-1');
    assert.match(there, /Safari op iPhone Ingelogd op .* Laatst gebruikt op .* Gebruikt voor: app /);
    assert.doesNotMatch(page.body, /id="end-session-2"/);
  });

  test('another browser is signed out with all that applications got in it, and a second press says so', async () => {
    const bram = await person('bram');
    const there = await atApplication(bram);
    const { browser, page } = await atSettings(bram);
    const done = await browser.press(page, 'end-session-1');
    assert.equal(done.step, 'settings-sessions');
    assert.equal(doneIn(done), 'Daar bent u nu uitgelogd.');
    assert.doesNotMatch(done.body, /end-session-1|id="end-others"/);
    assert.deepEqual(await isAlive(there.party, there.tokens), DEAD);
    assert.equal((await open(there.browser)).step, 'password');
    assert.equal(doneIn(await browser.press(page, 'end-session-1')), 'Dit was al gedaan.');
    assert.equal(doneIn(await open(browser)), undefined, 'it is told once');
    const [event, ...more] = await recorded(bram, 'sessions.ended');
    assert.partialDeepStrictEqual(event, { detail: { which: 'one', sessions: 1, grants: 1 } });
    assert.deepEqual(more, []);
  });

  test('ending this one signs out here', async () => {
    const cees = await person('cees');
    const { browser, page } = await atSettings(cees);
    const thief = browser.thief();
    const left = await browser.press(page, 'sign-out');
    assert.equal(left.step, 'signed-out');
    assert.equal((await open(browser)).step, 'password');
    assert.equal((await open(thief)).step, 'password', 'a stolen cookie is dead as well');
    assert.equal((await browser.press(page, 'sign-out')).status, 410, 'a second press changes nothing');
  });

  test('all others end at once, offline access with them, and what was got here goes on', async () => {
    const dora = await person('dora');
    const there = await atApplication(dora);
    const away = await atApplication(dora, { client: guest, scope: 'openid offline_access' });
    const { browser, page } = await atSettings(dora);
    const own = await atApplication(dora, { browser });
    assert.equal(doneIn(await browser.press(page, 'end-others')), 'U bent overal elders uitgelogd.');
    assert.deepEqual(await isAlive(there.party, there.tokens), DEAD);
    assert.deepEqual(await isAlive(away.party, away.tokens), DEAD);
    assert.deepEqual(await isAlive(own.party, own.tokens), ALIVE);
    assert.equal(doneIn(await browser.press(page, 'end-others')), 'Dit was al gedaan.');
  });

  test('signing out everywhere signs out here as well', async () => {
    const eva = await person('eva');
    const there = await atApplication(eva);
    const { browser, page } = await atSettings(eva);
    const own = await atApplication(eva, { browser });
    const left = await browser.press(page, 'end-all');
    assert.equal(left.step, 'signed-out');
    for (const { party, tokens } of [there, own]) assert.deepEqual(await isAlive(party, tokens), DEAD);
    assert.equal((await open(browser)).step, 'password');
    assert.partialDeepStrictEqual((await recorded(eva, 'sessions.ended'))[0], {
      detail: { which: 'all', sessions: 2 },
    });
  });

  test('ending asks for no step anew, however long ago the sign-in was', async () => {
    const frits = await person('frits');
    await atApplication(frits);
    const { browser, page } = await atSettings(frits);
    clock.advance(20 * MINUTE);
    assert.equal((await open(browser)).step, 'settings-sessions');
    assert.equal(doneIn(await browser.press(page, 'end-session-1')), 'Daar bent u nu uitgelogd.');
  });

  test('a browser that is known is shown with its days, and forgotten by a press', async () => {
    const gijs = await person('gijs');
    await atApplication(gijs);
    const { browser, page } = await atSettings(gijs);
    assert.match(rowOf(page, 'forget-this'), /Firefox op Windows Deze browser Voor het eerst ingelogd op \d/);
    assert.match(
      rowOf(page, 'forget-browser-1'),
      /Safari op iPhone Voor het eerst .* Voor het laatst ingelogd op \d/,
    );
    const done = await browser.press(page, 'forget-browser-1');
    assert.equal(doneIn(done), 'Deze browser kennen wij niet meer.');
    assert.doesNotMatch(done.body, /forget-browser|forget-others/);
    assert.equal(doneIn(await browser.press(page, 'forget-browser-1')), 'Dit was al gedaan.');
    assert.equal(doneIn(await browser.press(page, 'forget-others')), 'Dit was al gedaan.');
    await atApplication(gijs);
    await atApplication(gijs);
    assert.equal(
      doneIn(await browser.press(await open(browser), 'forget-others')),
      'Andere browsers kennen wij niet meer.',
    );
    const none = await browser.press(await open(browser), 'forget-this');
    assert.match(none.body, /Wij herkennen nu geen enkele browser\./);
    const events = await recorded(gijs, 'browsers.forgotten');
    assert.deepEqual(events.map(({ detail }) => detail?.browsers).sort(), [1, 1, 2]);
    assert.equal((await open(browser)).step, 'settings-sessions', 'forgetting signs nobody out');
  });

  test('an application with access says what it sees, and loses it by a press', async () => {
    const hans = await person('hans');
    const { browser } = await atSettings(hans);
    const theirs = await atApplication(hans, { browser, client: guest, scope: 'openid email' });
    const ours = await atApplication(hans, { browser });
    const page = await browser.open(
      new URL(
        /id="applications" href="([^"]+)"/.exec((await open(browser)).body)?.[1] ?? '',
        installation.issuer,
      ).href,
    );
    assert.equal(page.step, 'settings-applications');
    assert.match(
      rowOf(page, 'withdraw-2'),
      /Rapportage &amp; Analyse Een vast nummer.* Uw e-mailadres Sinds \d/,
    );
    const done = await browser.press(page, 'withdraw-2');
    assert.equal(doneIn(done), 'De applicatie heeft geen toegang meer.');
    assert.deepEqual(await isAlive(theirs.party, theirs.tokens), DEAD);
    assert.deepEqual(await isAlive(ours.party, ours.tokens), ALIVE);
    assert.equal(doneIn(await browser.press(page, 'withdraw-2')), 'Dit was al gedaan.');
    assert.doesNotMatch(
      rowOf(await open(browser), 'sign-out'),
      /Rapportage/,
      'it holds nothing in this session',
    );
    const again = await browser.open((await theirs.party.begin({ scope: 'openid email' })).url);
    assert.equal(again.step, 'consent', 'it has to ask again');
    await browser.press(page, 'withdraw-1');
    assert.deepEqual(await isAlive(ours.party, ours.tokens), DEAD);
    const back = await browser.open((await ours.party.begin({ scope: 'openid' })).url);
    assert.ok(codeIn(back.location), 'one’s own organisation’s comes back without a question');
    const clientsOf = (await recorded(hans, 'access.withdrawn')).map(({ client }) => client);
    assert.deepEqual(clientsOf.sort(), ['app', 'guest']);
  });

  test('who has let nothing in reads that, in the language of the page', async () => {
    const { browser } = await atSettings(await person('ida'));
    await browser.post(`${installation.issuer}/language`, { locale: 'en', back: '/account/applications' });
    const page = await open(browser, '/applications');
    assert.match(page.body, /No application has access now\./);
    assert.match((await open(browser)).body, /<h1>Where am I signed in\?<\/h1>/);
    assert.match(rowOf(await open(browser), 'sign-out'), /Firefox on Windows This browser Signed in on/);
  });

  test('help leads back to the page that it was asked on', async () => {
    const { browser, page } = await atSettings(await person('koos'));
    const href = /id="help" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const help = await browser.open(new URL(href, page.url).href);
    assert.equal(help.step, 'help');
    assert.match(help.body, /id="back" href="\/account\/sessions"/);
  });

  test('a browser that can not be told is called unknown, whatever it calls itself', async () => {
    const { page } = await atSettings(await person('jan'), '<b>Netscape</b>');
    assert.match(rowOf(page, 'sign-out'), /^ ?Onbekende browser Deze browser/);
    assert.doesNotMatch(page.body, /Netscape/);
  });
});
