import { posix } from 'node:path';
import { importsOf } from './imports.ts';
import { typeEscapesOf } from './type-escapes.ts';

/** The house as text: path from its root → content. */
export type House = ReadonlyMap<string, string>;

/** One place where a file breaks a rule of the house. */
export interface Violation {
  path: string;
  rule: string;
}

const rooms = ['config', 'src', 'adapters', 'interactions', 'demo', 'bench', 'helm', 'test'];

/** Rooms that others reach by a name of their own (`#src/…`, see package.json), so that every crossing is one grep. */
const namedRooms = ['config', 'src', 'adapters', 'interactions'];

/** Which other rooms a room may import. The composition root in src may import all of them. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  config: [],
  src: ['config'],
  adapters: ['config', 'src'],
  interactions: ['config', 'src'],
  demo: ['config', 'src', 'adapters', 'interactions'],
  bench: ['config', 'src', 'adapters', 'interactions', 'demo', 'test'],
  helm: ['config'],
  test: rooms,
};

/** What the bench shares with the tests: private servers, and the programs they are. */
const sharedWithBench = /^test\/support\/(private-[a-z]+|programs|server-user)\.ts$/;

/** Packages that only some places may import. A type of koa may also stand where requests are wired. */
const packageHomes: readonly { packages: RegExp; homes: RegExp; typesToo?: RegExp }[] = [
  {
    packages: /^(koa|koa-router|koa-helmet|@koa\/.*)$/,
    homes: /^(src\/server\.ts|src\/api\/|interactions\/|demo\/)/,
    typesToo: /^src\/compose(\/web)?\.ts$/,
  },
  {
    packages: /^(kysely|pg|@electric-sql\/pglite)(\/|$)/,
    // The bench makes a database, fills it and asks for its size: no work of the product.
    homes: /^(adapters\/postgres\/|bench\/database\.ts$)/,
  },
  { packages: /^ioredis$/, homes: /^adapters\/redis\// },
  { packages: /^pino(-pretty)?$/, homes: /^src\/log\.ts$/ },
  {
    packages: /^oidc-provider$/,
    // The bench compares the product with oidc-provider alone.
    homes: /^((src\/provider|adapters\/oidc)\/|bench\/bare-provider\.ts$)/,
  },
  { packages: /^oidc-provider\/./, homes: /^(?!)/ },
  { packages: /^(@node-rs\/argon2|piscina)$/, homes: /^adapters\/crypto\// },
  { packages: /^@simplewebauthn\/server(\/|$)/, homes: /^interactions\/factors\// },
  { packages: /^(messagebird|nodemailer)(\/|$)/, homes: /^adapters\/messaging\// },
  { packages: /^commander$/, homes: /^src\/cli\// },
  { packages: /^openid-client$/, homes: /^demo\// },
];

const isComposition = (path: string) => /^src\/(compose(\.ts$|\/)|main\.ts$|cli\/bin\.mjs$)/.test(path);
/** Whoever starts the product may know its composition. */
const mayStart = (path: string) =>
  isComposition(path) || /^(src\/(serve|run)\.ts|demo\/|bench\/|test\/)/.test(path);

const nouns = /^src\/(account|sign-in|enrolment|recovery|lockout|message|audit|tenant|secret)\//;

/** The chart's checks need helm, so they stand beside it and `npm test` does without them. */
const isTest = (path: string) => /^(test|helm\/checks)\//.test(path);

const mostLines = 300;

function roomOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** The file that an import of our own names; undefined for a package or a part of Node. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier);
  return specifier.startsWith('#') ? specifier.slice(1) : undefined;
}

function* importViolations(path: string, text: string, house: House): Generator<string> {
  for (const { specifier, typeOnly } of importsOf(text)) {
    const target = targetOf(path, specifier);
    if (target === undefined) {
      yield* packageViolations(path, specifier, typeOnly);
      continue;
    }
    if (!house.has(target)) yield `imports ${specifier}, which is not there`;
    yield* roomViolations(path, specifier, target);
  }
}

function* roomViolations(path: string, specifier: string, target: string): Generator<string> {
  const [from, to] = [roomOf(path), roomOf(target)];
  const crosses = from !== to && rooms.includes(to);
  if (crosses && namedRooms.includes(to) && specifier.startsWith('.'))
    yield `crosses into ${to} without #${to}/…`;
  const allowed = isComposition(path) ? ['config', 'adapters', 'interactions'] : (mayImport[from] ?? []);
  if (crosses && !allowed.includes(to)) yield `${from} must not import ${to} (${specifier})`;
  if (from === 'bench' && to === 'test' && !sharedWithBench.test(target))
    yield `bench shares only its servers with test, not ${specifier}`;
  if (nouns.test(path) && /^src\/(provider|api|cli)\//.test(target))
    yield `a noun must not import ${specifier}`;
  if (/^src\/(compose\/|compose\.|serve\.)/.test(target) && !mayStart(path)) {
    yield `only what starts the product imports ${specifier}`;
  }
}

function* packageViolations(path: string, specifier: string, typeOnly: boolean): Generator<string> {
  if (isTest(path)) return;
  if (specifier === 'node:test') yield 'node:test belongs in test';
  for (const { packages, homes, typesToo } of packageHomes) {
    if (!packages.test(specifier) || homes.test(path)) continue;
    if (typeOnly && typesToo?.test(path)) continue;
    yield `${specifier} must not be imported here`;
  }
}

function* nameViolations(path: string): Generator<string> {
  for (const part of path.split('/')) {
    const [name = ''] = part.split('.');
    if (/(^|-)(utils?|helpers?|common|managers?|misc)($|-)/.test(name))
      yield `${name} says nothing: name the noun or the step`;
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) yield `${part} is not kebab-case`;
  }
}

function* textViolations(path: string, text: string): Generator<string> {
  const lines = text.split('\n').length - 1;
  if (roomOf(path) !== 'test' && lines > mostLines) yield `has ${lines} lines, more than ${mostLines}`;
  if (/^export default\b/m.test(text)) yield 'has a default export';
  if (/^\s*(test|describe|it)\.(skip|only|todo)\(/m.test(text)) yield 'leaves tests out';
  if (isTest(path)) return;
  if (/\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/.test(text) && path !== 'config/env.ts') {
    yield 'reads the environment; only config/env.ts does';
  }
  const mayExit = /^(src\/cli\/bin\.mjs|src\/main\.ts|demo\/trial\.ts)$/.test(path);
  if (/\bprocess\s*\.\s*exit\s*\(/.test(text) && !mayExit) yield 'ends the process';
}

/** Everything in the house that breaks its rules (house.md: Direction, Reading a change). */
export function findViolations(house: House): Violation[] {
  const found: Violation[] = [];
  for (const [path, text] of house) {
    if (!/\.(ts|mjs|js)$/.test(path)) continue;
    const rules = [
      ...nameViolations(path),
      ...textViolations(path, text),
      ...importViolations(path, text, house),
    ];
    if (path.endsWith('.ts') && !path.endsWith('.d.ts')) rules.push(...typeEscapesOf(text));
    found.push(...rules.map((rule) => ({ path, rule })));
  }
  return found;
}
