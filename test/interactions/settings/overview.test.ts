import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overviewPage } from '#interactions/settings/overview/overview.view.ts';
import type { OverviewFacts } from '#src/settings/overview.ts';
import { visitIn } from '../../support/gallery-visit.ts';
import { frameOf } from '../views/frame.ts';

const account = {
  ...{ loginName: 'j.jansen', givenName: 'Jan', familyName: 'Jansen', locale: 'nl' as const },
  ...{ email: undefined, emailVerified: false, passwordChangedAt: undefined, phone: '+31612345612' },
};

const facts: OverviewFacts = {
  ...{ methods: [], oneWayLeft: false, backupCode: { kind: 'off' } },
  ...{ question: undefined, sessions: 1, signIns: [] },
};

const drawn = (methods: OverviewFacts['methods']) =>
  overviewPage(visitIn(frameOf()), { account, facts: { ...facts, methods }, applicationHref: '/' });

test('a number that the organisation wrote down is shown by its end, as not proved yet', () => {
  const page = drawn([]);
  assert.match(page, /Eindigt op 12, nog niet bevestigd/);
  assert.doesNotMatch(page, /612345/);
});

const phone = { kind: 'sms', icon: 'message', label: '', ending: '78', lastUsedAt: 0 };
const app = { ...phone, kind: 'totp', icon: 'app', ending: undefined };

test('methods stand in the order in which they are asked, three at most; more is counted, and told a click further', () => {
  const methods = [app, phone, { ...app, label: 'Tablet' }, { ...app, label: 'Oude tablet' }];
  const [row = ''] = /<dt id="methods-label">[\s\S]*?<\/div>/.exec(drawn(methods)) ?? [];
  const lines = row.replace(/<[^>]+>/g, ' ');
  assert.match(lines, /Code uit een app .*Code per sms: eindigt op 78 .*Code uit een app: Tablet .*En nog 1/);
  assert.doesNotMatch(lines, /Oude tablet|als eerste/);
});

test('a number that was proved stands in the place of one that was written down', () => {
  const page = drawn([phone]);
  assert.match(page, /Eindigt op 78, met een code bevestigd/);
  assert.doesNotMatch(page, /nog niet bevestigd\. Er gaan/);
});
