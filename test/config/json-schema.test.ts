import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { settingsJsonSchema } from '#config/json-schema.ts';
import { listSettingKeys } from '#config/setting-keys.ts';

const group = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

/** What stands at a setting's path; undefined when the schema does not know it. */
function nodeAt(schema: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => group.safeParse(node).data?.properties[key], schema);
}

/** Every object in the schema, itself included. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  return parsed.success ? [parsed.data, ...Object.values(parsed.data).flatMap(objectsIn)] : [];
}

test('every setting is in the schema with its description', () => {
  const schema = settingsJsonSchema();
  for (const { path, name, description } of listSettingKeys()) {
    const node = z.looseObject({ description: z.string() }).safeParse(nodeAt(schema, path));
    assert.equal(node.data?.description, description, name);
  }
});

test('a schema without secrets knows every setting but the secrets', () => {
  const schema = settingsJsonSchema({ secrets: false });
  for (const { path, name, secret } of listSettingKeys())
    assert.equal(nodeAt(schema, path) === undefined, secret, name);
  const text = JSON.stringify(schema);
  assert.ok(text.includes('"client_secret_file"'));
  assert.ok(!text.includes('"client_secret"') && !text.includes('"masterKey"'), text);
});

test('a group takes no key that is not a setting', () => {
  for (const node of objectsIn(settingsJsonSchema()).filter(
    ({ type, properties }) => type === 'object' && properties,
  ))
    assert.equal(node.additionalProperties, false, JSON.stringify(node));
});

test('the schema is the same on every machine and carries none of our own marks', () => {
  const threads = z.looseObject({}).parse(nodeAt(settingsJsonSchema(), ['password', 'threads']));
  assert.equal(threads.maximum, 64);
  assert.equal(threads.default, undefined);
  for (const node of objectsIn(settingsJsonSchema()))
    for (const mark of ['env', 'shownDefault']) assert.equal(typeof node[mark], 'undefined', mark);
});

test('nothing is required of the file that a variable can bring, but entries of a list must be whole', () => {
  const schema = settingsJsonSchema();
  assert.equal(schema.required, undefined);
  assert.equal(z.looseObject({}).parse(nodeAt(schema, ['tenant'])).required, undefined);
  const clients = z.looseObject({ items: z.looseObject({}) }).parse(nodeAt(schema, ['clients']));
  assert.deepEqual(clients.items.required, ['client_id', 'redirect_uris']);
});
