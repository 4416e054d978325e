import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { listSettingKeys } from '#config/setting-keys.ts';
import { copiedFromProject, ownDockerfile, projectRoot, readStages } from './dockerfile.ts';
import { loadedFrom } from './loaded-files.ts';

const { text, stages, last } = ownDockerfile();
const copied = copiedFromProject(last);

const product = z
  .object({
    version: z.string(),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(readFileSync(new URL('package.json', projectRoot), 'utf8')));

const instructions = (name: string) => last.filter((instruction) => instruction.name === name);

function holds(path: string): boolean {
  return copied.some((source) => path === source || path.startsWith(`${source}/`));
}

test('the image is made of files that are there, and none of them is for development', () => {
  for (const source of stages.flatMap(copiedFromProject)) {
    assert.ok(existsSync(new URL(source, projectRoot)), source);
    assert.ok(!source.includes('*') && source !== '.', `${source} may copy more than is meant`);
    assert.doesNotMatch(source, /^(demo|test|bench|docs|helm|data|\.git|\.env|node_modules)/);
  }
});

test('the builder is sent what the image is made of and nothing else', () => {
  const lines = readFileSync(new URL('.dockerignore', projectRoot), 'utf8').split('\n');
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const sources = new Set(stages.flatMap(copiedFromProject));
  assert.equal(rules[0], '*');
  assert.deepEqual(rules.slice(1).toSorted(), [...sources].map((source) => `!${source}`).toSorted());
});

test('everything that the server and the command line load is in the image', () => {
  const { files, packages } = loadedFrom(['src/main.ts', 'src/cli/bin.mjs']);
  for (const worked of ['src/compose.ts', 'adapters/crypto/argon2-worker.mjs', 'interactions/assets/'])
    assert.ok(files.has(worked), `${worked} is not followed: this test has gone blind`);
  assert.deepEqual(
    [...files].filter((file) => !existsSync(new URL(file, projectRoot)) || !holds(file)),
    [],
  );
  assert.deepEqual(
    [...packages].filter((name) => product.dependencies[name] === undefined),
    [],
    'packages that only development has',
  );
});

test('dependencies come from the lock file, without those for development, in a layer of their own', () => {
  const [dependencies = []] = stages;
  const install = dependencies.findIndex(({ name }) => name === 'RUN');
  assert.match(dependencies[install]?.text ?? '', /^RUN npm ci --omit=dev --ignore-scripts/);
  assert.deepEqual(copiedFromProject(dependencies.slice(0, install)), ['package.json', 'package-lock.json']);
  assert.ok(last.every(({ name, text: line }) => name !== 'RUN' || !/\bnpm (ci|i|install)\b/.test(line)));
});

test('no dependency that production installs has an install script', () => {
  const lock = z
    .object({
      packages: z.record(
        z.string(),
        z.object({ dev: z.boolean().optional(), hasInstallScript: z.boolean().optional() }),
      ),
    })
    .parse(JSON.parse(readFileSync(new URL('package-lock.json', projectRoot), 'utf8')));
  const scripted = Object.entries(lock.packages).filter(
    ([, { dev, hasInstallScript }]) => hasInstallScript && !dev,
  );
  assert.deepEqual(
    scripted.map(([name]) => name),
    [],
    'the image installs with --ignore-scripts',
  );
});

test('the image runs the Node that tests run, named by its exact version', () => {
  const image = /^ARG NODE_IMAGE=(\S+)$/m.exec(text)?.[1];
  assert.equal(image, `node:${product.devDependencies.node}-bookworm-slim`);
  for (const [from] of stages) assert.ok(from?.words[0] === '${' + 'NODE_IMAGE}', from?.text);
  assert.equal(
    readFileSync(new URL('.node-version', projectRoot), 'utf8').trim(),
    product.devDependencies.node,
  );
  assert.ok(text.includes(`image.version="${product.version}"`), `the label must say ${product.version}`);
});

test('the container runs as a user without rights, given as a number, and is Node itself', () => {
  const users = instructions('USER').map(({ words }) => words.join(' '));
  assert.match(users.at(-1) ?? 'root', /^[1-9]\d{3,}:[1-9]\d{3,}$/);
  const lastUser = last.findLastIndex(({ name }) => name === 'USER');
  assert.ok(last.slice(lastUser).every(({ name }) => !['RUN', 'COPY', 'ADD'].includes(name)));
  // The shell form would put a shell in between, which keeps SIGTERM to itself.
  assert.deepEqual(
    instructions('CMD').map(({ text: line }) => line),
    ['CMD ["node", "src/main.ts"]'],
  );
  for (const { flags, text: line } of instructions('COPY')) assert.equal(flags.chown, undefined, line);
});

test('the image carries no setting and no secret', () => {
  const set = stages.flat().filter(({ name }) => name === 'ENV' || name === 'ARG');
  assert.deepEqual(
    set.map(({ text: line }) => line),
    ['ENV NODE_ENV=production'],
  );
  for (const { variable } of listSettingKeys()) assert.doesNotMatch(text, new RegExp(`\\b${variable}\\b`));
});

test('ports are those that the settings have by default', () => {
  const defaults = listSettingKeys().filter(({ name }) => /^(listen|management)\.port$/.test(name));
  const exposed = instructions('EXPOSE').flatMap(({ words }) => words);
  assert.deepEqual(
    exposed,
    defaults.map((key) => key.default),
  );
});

test('reading a Dockerfile joins lines and keeps stages, flags and words apart', () => {
  const read = readStages(
    'ARG A\n# no\nFROM a AS b\nRUN x \\\n  --y\nFROM c\nCOPY --from=b /d ./e\nCOPY f g h/\n',
  );
  assert.deepEqual(
    read.map((stage) => stage.map(({ name }) => name)),
    [
      ['FROM', 'RUN'],
      ['FROM', 'COPY', 'COPY'],
    ],
  );
  assert.deepEqual(read[0]?.[1]?.words, ['x', '--y']);
  assert.deepEqual(read.map(copiedFromProject), [[], ['f', 'g']]);
});
