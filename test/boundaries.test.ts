import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findViolations, type House } from './boundaries/house-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function readHouse(): House {
  const rooms = ['config', 'src', 'adapters', 'interactions', 'demo', 'bench', 'helm', 'test'];
  const house = new Map([['package.json', '']]);
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (!entry.isDirectory() || !rooms.includes(entry.name)) continue;
    for (const file of readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      house.set(path.slice(root.length), readFileSync(path, 'utf8'));
    }
  }
  return house;
}

test('the house keeps its own rules', () => {
  const violations = findViolations(readHouse()).map(({ path, rule }) => `${path}: ${rule}`);
  assert.deepEqual(violations, []);
});

/** What a house of these files breaks, beside what else is in it. */
function broken(path: string, text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const house = new Map(Object.entries({ ...others, [path]: text }));
  return findViolations(house)
    .filter((violation) => violation.path === path)
    .map(({ rule }) => rule);
}

describe('a planted violation is found:', () => {
  const there = {
    'config/settings.ts': '',
    'src/errors.ts': '',
    'src/compose.ts': '',
    'src/provider/ports.ts': '',
    'src/cli/program.ts': '',
    'adapters/redis/client.ts': '',
    'interactions/routes.ts': '',
    'demo/trial.ts': '',
    'bench/main.ts': '',
    'test/x.ts': '',
    'test/support/programs.ts': '',
    'package.json': '',
  };
  for (const [path, text, rule] of [
    ['config/load.ts', "import { a } from '#src/errors.ts';", 'config must not import src'],
    ['config/load.ts', "import type { A } from '#src/errors.ts';", 'config must not import src'],
    ['config/load.ts', "import { a } from '../src/errors.ts';", 'crosses into src without #src/…'],
    [
      'src/log.ts',
      "import {\n  a,\n  b,\n} from '#adapters/redis/client.ts';",
      'src must not import adapters',
    ],
    [
      'src/log.ts',
      "const { a } = await import('#interactions/routes.ts');",
      'src must not import interactions',
    ],
    ['src/log.ts', "export { a } from '#interactions/routes.ts';", 'src must not import interactions'],
    ['src/serve.ts', "import '#adapters/redis/client.ts';", 'src must not import adapters'],
    ['src/compose/web.ts', "import '#demo/trial.ts';", 'src must not import demo'],
    ['adapters/x.ts', "import '#interactions/routes.ts';", 'adapters must not import interactions'],
    ['interactions/x.ts', "import '#adapters/redis/client.ts';", 'interactions must not import adapters'],
    ['src/tenant/x.ts', "import type { A } from '#src/provider/ports.ts';", 'a noun must not import'],
    ['src/sign-in/x.ts', "import '../cli/program.ts';", 'a noun must not import'],
    ['src/provider/x.ts', "import '#src/compose.ts';", 'only what starts the product imports'],
    ['src/x.ts', "import '#src/gone.ts';", 'imports #src/gone.ts, which is not there'],
    ['src/x.ts', "import './gone.ts';", 'imports ./gone.ts, which is not there'],
    ['src/provider/x.ts', "import Koa from 'koa';", 'koa must not be imported here'],
    ['src/compose/web.ts', "import Koa from 'koa';", 'koa must not be imported here'],
    ['src/provider/x.ts', "import type Koa from 'koa';", 'koa must not be imported here'],
    ['adapters/redis/x.ts', "import { sql } from 'kysely';", 'kysely must not be imported here'],
    ['adapters/postgres/x.ts', "import { Redis } from 'ioredis';", 'ioredis must not be imported here'],
    ['src/server.ts', "import { pino } from 'pino';", 'pino must not be imported here'],
    ['interactions/x.ts', "import Provider from 'oidc-provider';", 'oidc-provider must not be imported here'],
    ['src/provider/x.ts', "import x from 'oidc-provider/lib/x.js';", 'oidc-provider/lib/x.js must not be'],
    [
      'src/sign-in/x.ts',
      "import '@simplewebauthn/server/helpers';",
      '@simplewebauthn/server/helpers must not be',
    ],
    [
      'src/message/x.ts',
      "import { initClient } from 'messagebird';",
      'messagebird must not be imported here',
    ],
    [
      'interactions/x.ts',
      "import 'messagebird/lib/webhook-signature-jwt.js';",
      'messagebird/lib/webhook-signature',
    ],
    ['src/compose/x.ts', "import { createTransport } from 'nodemailer';", 'nodemailer must not be imported'],
    ['src/x.ts', "import { test } from 'node:test';", 'node:test belongs in test'],
    ['helm/x.ts', "import { test } from 'node:test';", 'node:test belongs in test'],
    ['helm/x.ts', "import { a } from '#src/errors.ts';", 'helm must not import src'],
    ['src/x.ts', 'const a = process.env.A;', 'reads the environment'],
    ['src/x.ts', 'const { env } = process;', 'reads the environment'],
    ['src/x.ts', 'process.exit(1);', 'ends the process'],
    ['src/x.ts', 'export default 1;', 'has a default export'],
    ['src/x.ts', 'const a = 1;\n'.repeat(301), 'has 301 lines'],
    ['src/x.ts', "import '../bench/main.ts';", 'src must not import bench'],
    ['bench/x.ts', "import '../test/x.ts';", 'bench shares only its servers with test'],
    ['bench/x.ts', "import pg from 'pg';", 'pg must not be imported here'],
    ['src/string-utils.ts', '', 'string-utils says nothing'],
    ['src/common/x.ts', '', 'common says nothing'],
    ['src/SignIn.ts', '', 'SignIn.ts is not kebab-case'],
    ['src/x.ts', 'const a = b as Foo;', 'uses as'],
    ['src/x.ts', 'const a = (b as unknown as Foo).c;', 'uses as'],
    ['src/x.ts', 'let a: any;', 'uses any'], // Text for the checker: a planted breach, not code.
    ['src/x.ts', 'let a: Record<string, any>;', 'uses any'],
    ['src/x.ts', 'const a = b!.c;', 'uses !'],
    ['test/x.test.ts', 'const a = b as Foo;', 'uses as'],
    ['test/x.test.ts', "test.only('a', () => {});", 'leaves tests out'], // Planted text: no test is left out here.
    ['test/x.test.ts', "  describe.skip('a', () => {});", 'leaves tests out'], // Planted text, as above.
    ['src/x.ts', 'enum A { B }', 'has syntax that can not run unbuilt'],
    ['src/x.ts', 'class A { constructor(private b: string) {} }', 'has syntax that can not run unbuilt'],
  ] as const) {
    test(`${path}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      const rules = broken(path, text, there);
      assert.ok(
        rules.some((found) => found.startsWith(rule)),
        `found ${JSON.stringify(rules)}`,
      );
    });
  }

  for (const [path, text] of [
    ['src/compose.ts', "import { a } from '#adapters/redis/client.ts';"],
    ['src/compose/web.ts', "import type Koa from 'koa';\nimport { a } from '#interactions/routes.ts';"],
    ['src/provider/x.ts', "import type { A } from 'oidc-provider';\nimport { b } from './ports.ts';"],
    ['src/cli/x.ts', "import { a } from '#src/provider/ports.ts';\nimport { Command } from 'commander';"],
    ['src/cli/x.ts', "import p from '../../package.json' with { type: 'json' };"],
    ['demo/x.ts', "import { a } from '#src/compose.ts';\nimport Koa from 'koa';"],
    ['bench/x.ts', "import { a } from '../test/support/programs.ts';"],
    ['src/main.ts', 'process.exit(1);'],
    ['helm/checks/x.check.ts', "import { test } from 'node:test';\nconst a = process.env.HELM;"],
    // Planted as well: what only looks like a breach, in comments and texts, is none.
    ['src/x.ts', "// import { a } from '#adapters/redis/client.ts'\nconst b = 'import as any!'; // as any!"], // Text for the checker.
    [
      'src/x.ts',
      "import { type A as B, c as d } from './errors.ts';\nexport { d as e };\nimport * as f from './errors.ts';",
    ],
    [
      'src/x.ts',
      "const a = ['x'] as const;\ninterface A { /** As any other! */ b: 'as any!' }\nconst c = !a;", // Text for the checker.
    ],
  ] as const) {
    test(`nothing in ${path}: ${text.slice(0, 60).replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(broken(path, text, there), []);
    });
  }
});
