import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listSettingKeys, listSettingLists } from '#config/setting-keys.ts';
import { tenantSchema } from '#config/tenant.ts';
import { readTenantFile } from '#config/tenant-file.ts';
import { QUEUE_KINDS } from '#src/compose/queue.ts';
import { MOST_METHODS } from '#src/enrolment/enrol-factor.ts';
import { policyFaults } from '#src/enrolment/policy.ts';
import { NOTICE_KINDS } from '#src/message/notices.ts';
import { MOST_ACCOUNTS } from '#src/message/phone-factor.ts';
import * as limits from '#src/message/send-limits.ts';
import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import { REPORT_LIFE } from '#src/recovery/mail-links.ts';
import { validSettings } from './config/valid-settings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = ['', 'docs']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.md'));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const page = (path: string) => ({ path, text: textOf(path) });

/** Text without what stands in it as code, where a bracket is no link. */
const prose = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '``');

/** Links and pictures of a page that lead to files, from the project's root. */
function linksOf({ path, text }: { path: string; text: string }) {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      return { target, file: file === '' ? path : join(dirname(path), file), anchor };
    });
}

/** Names of a page's headings as GitHub makes them. */
function anchorsOf(path: string): string[] {
  const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where events are written to the audit log. */
const auditEvents = [
  'src/events.ts',
  'src/operator-events.ts',
  'src/settings-events.ts',
  'src/system-events.ts',
];

/** Where events are written to the log. */
const recorders = [
  ...auditEvents,
  ...['src/message/notices.ts', 'src/message/queue-runner.ts', 'src/message/send-limiter.ts'],
]
  .map(textOf)
  .join();

/** Whoever prepares people shows them what they will see: each in both languages, on both sizes. */
function showsPagesOf(path: string, steps: readonly string[]): void {
  const shown = linksOf(page(path)).map(({ file }) => file);
  for (const step of steps) {
    test(`shows the page of ${step} in Dutch on a phone and in English on a desktop`, () => {
      for (const view of ['nl-phone', 'en-desktop']) {
        const picture = `docs/pictures/${step}-${view}.png`;
        assert.ok(existsSync(join(root, picture)), `${picture} is not there`);
        assert.ok(shown.includes(picture), `${picture} is not on the page`);
      }
    });
  }
}

const codeIn = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

describe('documentation', () => {
  for (const path of pages) {
    test(`links of ${path} lead to a file, and to a heading in it`, () => {
      for (const { target, file, anchor } of linksOf(page(path))) {
        assert.ok(existsSync(join(root, file)), `${target} leads nowhere`);
        if (anchor !== undefined && file.endsWith('.md'))
          assert.ok(anchorsOf(file).includes(anchor), `${target} names no heading`);
      }
    });
  }

  test('is found: every page, and every picture, is linked from the README or from a page that is', () => {
    const found = new Set(['README.md']);
    for (const path of found) {
      if (!path.endsWith('.md')) continue;
      for (const { file } of linksOf(page(path))) found.add(file);
    }
    const pictures = readdirSync(join(root, 'docs/pictures'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
    assert.deepEqual(
      [...pages, ...pictures].filter((path) => !found.has(path)),
      [],
    );
  });

  test('names no command that there is not', () => {
    const commands = [...textOf('docs/command-line.md').matchAll(/^## (.+)$/gm)].map(([, name = '']) => name);
    for (const path of pages) {
      for (const [, called = ''] of textOf(path).matchAll(/npx poortwachter ([a-z]+(?: [a-z][a-z-]*)?)/g)) {
        assert.ok(
          commands.some((name) => called === name || called.startsWith(`${name} `)),
          `${path}: ${called}`,
        );
      }
    }
  });

  test('names no setting and no variable that there is not', () => {
    const keys = [
      ...listSettingKeys().map(({ name }) => name),
      ...listSettingLists().map(({ name }) => name),
    ];
    const variables = new Set(['POORTWACHTER_CONFIG', ...listSettingKeys().map(({ variable }) => variable)]);
    const groups = new Set(keys.flatMap((name) => [name.split('.')[0], name.split('.')[1]]));
    const known = (name: string) =>
      [name, `tenant.${name}`].some((wanted) =>
        keys.some((key) => key === wanted || key.startsWith(`${wanted}.`)),
      );
    // That page is made from the settings themselves, and tells of names that are faults.
    for (const path of pages.filter((name) => name !== 'docs/configuration.md')) {
      const text = textOf(path);
      for (const [variable] of text.matchAll(/POORTWACHTER_[A-Z_]+/g))
        assert.ok(variables.has(variable.replace(/_FILE$/, '')), `${path}: ${variable}`);
      for (const code of codeIn(text)) {
        const [, name = ''] = /^([a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+)(?::.*)?$/.exec(code) ?? [];
        if (name === '' || !groups.has(name.split('.')[0]) || /\.(ts|md|json|yaml)$/.test(name)) continue;
        if (!recorders.includes(`'${name}'`)) assert.ok(known(name), `${path}: ${name}`);
      }
    }
  });
});

describe('docs/audit.md', () => {
  test('lists the events that there are, and no others', () => {
    const source = auditEvents.map(textOf).join();
    const written = [...source.matchAll(/(?:record|note|entryOf)\(\s*'([a-z.-]+)'/g)].map(
      ([, name = '']) => name,
    );
    const [, list = ''] = /^## Events$(.*?)^## /ms.exec(textOf('docs/audit.md')) ?? [];
    const told = list
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => codeIn(line.split('|')[1] ?? ''));
    // Some are written in two places: by the first sign-in, and by the settings.
    assert.deepEqual(told.toSorted(), [...new Set(written)].toSorted());
  });
});

describe('docs/first-sign-in.md', () => {
  showsPagesOf('docs/first-sign-in.md', [
    'enrol-sms',
    'enrol-yubikey',
    'enrol-app',
    'backup-code',
    'security-question',
    'second-step',
    'stuck',
  ]);
});

describe('docs/getting-back-in.md', () => {
  showsPagesOf('docs/getting-back-in.md', [
    'recover',
    'recover-sent',
    'recover-link',
    'recover-question',
    'new-password',
    'help',
  ]);
});

describe('docs/own-account.md', () => {
  const text = textOf('docs/own-account.md');
  showsPagesOf('docs/own-account.md', [
    'settings',
    'settings-methods',
    'settings-sessions',
    'settings-activity',
  ]);

  test('tells how long and how many as it is, where nothing was set', () => {
    const sentences = text.replaceAll('\n', ' ');
    const usual = new Map(listSettingKeys().map((key) => [key.name, key.default]));
    for (const told of [
      `in the last ${usual.get('session.freshMinutes')} minutes (\`session.freshMinutes\`)`,
      `after ${usual.get('session.sharedIdleMinutes')} minutes without activity (\`session.sharedIdleMinutes\`)`,
      `for ${usual.get('tenant.recovery.newPhoneHours')} hours (\`recovery.newPhoneHours\`)`,
      `good for ${REPORT_LIFE / 86_400_000} days`,
      `At most ${MOST_ACCOUNTS} accounts of an organisation can have one number`,
      `a further method, ${MOST_METHODS} at most`,
    ])
      assert.ok(sentences.includes(told), told);
  });

  test('quotes the pages', () => {
    const words = textOf('interactions/locales/nl.json');
    const quoted = codeIn(text).filter((code) => /^[A-Z]/.test(code));
    assert.ok(quoted.length > 8);
    for (const quote of quoted) assert.ok(words.includes(`"${quote}"`), quote);
  });
});

describe('docs/messaging.md', () => {
  const text = textOf('docs/messaging.md');

  test('lists the notices that there are, and no others', () => {
    const [, table = ''] = /^\| `what` \| when \|$(.*?)\n\n/ms.exec(text) ?? [];
    const told = table.split('\n').flatMap((row) => codeIn(row.split('|')[1] ?? ''));
    assert.deepEqual(told.toSorted(), [...NOTICE_KINDS].toSorted());
  });

  test('lists the kinds of items that the metrics tell of, and no others', () => {
    const [, table = ''] = /^\| `kind` \| what it is \|.*?$(.*?)\n\n/ms.exec(text) ?? [];
    const told = table.split('\n').flatMap((row) => codeIn(row.split('|')[1] ?? ''));
    assert.deepEqual(told.toSorted(), [...QUEUE_KINDS].toSorted());
  });

  test('names what else the queue has, as its records do', () => {
    for (const path of [
      'docs/messaging.md',
      'docs/operations.md',
      'docs/database.md',
      'docs/command-line.md',
    ])
      assert.ok(textOf(path).includes(`\`${LOGOUT_KIND}\``), path);
  });
});

describe('docs/second-step.md', () => {
  const text = textOf('docs/second-step.md');

  test('has an example of a tenant that can be applied', () => {
    const [, yaml = ''] = /```yaml\n(issuer:.*?)```/s.exec(text) ?? [];
    assert.deepEqual(readTenantFile('the example', { ok: true, text: yaml }).ok, true);
  });

  test('tells the limits as they are', () => {
    const { NUMBER_LIMITS, NUMBER_MOST, ACCOUNT_LIMIT, ADDRESS_LIMIT, FIRST_WAIT, LONGEST_WAIT } = limits;
    const [soon, hour, day] = NUMBER_LIMITS.map(({ limit }) => limit);
    for (const told of [
      `${soon} in 10 minutes, ${hour} an hour, ${day} a day, times the accounts that have it, at most ${NUMBER_MOST}`,
      `| sent to one account | ${ACCOUNT_LIMIT.limit} an hour |`,
      `| ${ADDRESS_LIMIT.limit} an hour; a code that comes back does not count |`,
      `${FIRST_WAIT} seconds, then ${FIRST_WAIT * 2}, then ${LONGEST_WAIT} each time`,
      `to one address ${limits.EMAIL_LIMITS.map(({ limit }) => limit).join(' in 10 minutes, ')} a day`,
    ])
      assert.ok(text.includes(told), told);
  });

  test('quotes what a start says of a method that nothing is set up for', () => {
    const settings = tenantSchema.parse({ ...validSettings.tenant, secondStep: { methods: ['sms'] } });
    const setUp = { page: 'page', field: () => ({ type: 'passkey', name: 'credential' }) as const };
    const there = ['webauthn', 'totp'].map((kind) => ({
      kind,
      phishingResistant: false,
      channels: () => [],
      signIn: {},
      setUp: { ...setUp, prove: () => Promise.reject(new Error('not here')) },
    }));
    const [fault] = policyFaults(settings, there);
    assert.ok(text.includes(`\`tenant.${fault?.key} ${fault?.reason}\``), fault?.reason);
  });

  test('and security.md name every event that the log has a line of, and no other', () => {
    const source = auditEvents.map(textOf).join();
    const events = [...source.matchAll(/record\(\s*'([a-z.-]+)'/g)].map(([, name = '']) => name);
    assert.ok(events.length > 40);
    const security = codeIn(textOf('docs/security.md'));
    assert.deepEqual(
      events.filter((name) => !security.includes(name)),
      [],
    );
    const [, table = ''] = /^\| `event` \| tells \|$(.*?)\n\n/ms.exec(text) ?? [];
    const told = table.split('\n').flatMap((row) => codeIn(row.split('|')[1] ?? ''));
    assert.ok(told.length > 10);
    for (const name of told) {
      const [stem = '', rest = ''] = name.split('.');
      assert.ok(
        recorders.includes(`'${name}'`) ||
          (recorders.includes(`\`${stem}.`) && recorders.includes(`'${rest}'`)),
        name,
      );
    }
  });
});
