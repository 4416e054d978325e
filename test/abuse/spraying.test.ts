import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SPRAY_NAMES } from '#src/lockout/spray-alarm.ts';
import { Browser } from '../support/browser.ts';
import { startInstallation } from '../support/installation.ts';
import { beginSignIn, typePassword } from '../support/sign-in.ts';

test('one password tried on many people warns operators once, in log and metric, and refuses nobody', async (t) => {
  const installation = await startInstallation(t);
  const { running, logged } = installation;
  await installation.createAccount({ loginName: 'wim', withApp: true });
  const alarms = async () => {
    const text = await (await fetch(`http://localhost:${running.managementPort}/metrics`)).text();
    return /^poortwachter_spraying_alarms_total (\S+)$/m.exec(text)?.[1];
  };
  const spray = async (from: number, to: number) => {
    for (let n = from; n < to; n += 1) {
      // From everywhere: no address has enough of them to be refused.
      const { browser, page } = await beginSignIn(installation, new Browser());
      await typePassword(browser, page, `persoon${n}`, 'Welkom-Zomer-2026');
    }
  };
  await spray(0, SPRAY_NAMES - 1);
  assert.equal(await alarms(), '0');
  await spray(SPRAY_NAMES - 1, SPRAY_NAMES + 2);
  assert.equal(await alarms(), '1');
  const lines = logged.filter((line) => line.includes('"lockout.spraying"'));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /"level":40/);
  const mine = await beginSignIn(installation);
  assert.equal((await typePassword(mine.browser, mine.page, 'wim')).step, 'second-step');
});
