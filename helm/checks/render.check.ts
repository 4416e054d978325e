import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { examples, exampleValues, helm, lint, type Manifest, manifestsOf, template } from './chart.ts';
import { isForeign, schemaFault, unknownKeys } from './kubernetes-schemas.ts';

test('helm is one that the chart is written for', async () => {
  const { stdout } = await helm('version', '--short');
  assert.match(stdout, /^v(3\.(1[4-9]|[2-9]\d)|[4-9]|[1-9]\d+)(\D|$)/);
});

for (const name of examples) {
  describe(name, () => {
    let manifests: Manifest[];
    before(async () => {
      manifests = await manifestsOf(exampleValues(name));
    });

    test('passes a strict lint', async () => {
      const { ok, stdout, stderr } = await lint(exampleValues(name));
      assert.ok(ok, stdout + stderr);
    });

    test('is rendered for an upgrade too', async () => {
      const { ok, stderr } = await template(exampleValues(name), '--is-upgrade');
      assert.ok(ok, stderr);
    });

    test('fits the schemas of Kubernetes', async () => {
      assert.ok(manifests.length > 6);
      for (const object of manifests.filter((one) => !isForeign(one))) {
        assert.equal(await schemaFault(object), undefined, `${object.kind} ${object.metadata.name}`);
      }
    });

    test('has no key that Kubernetes does not know', async () => {
      assert.equal(await unknownKeys(manifests.filter((one) => !isForeign(one))), '');
    });
  });
}

test('a planted fault is found by its schema, a planted key by the compiler', async () => {
  const metadata = { name: 'planted', namespace: 'idp', labels: {}, annotations: {} };
  const service = { apiVersion: 'v1', kind: 'Service', metadata };
  assert.match(
    (await schemaFault({ ...service, spec: { ports: [{ port: 'x' }] } })) ?? '',
    /must be integer/,
  );
  assert.match(await unknownKeys([{ ...service, spec: { port: 80 } }]), /'"port"' does not exist/);
  assert.equal(await unknownKeys([{ ...service, spec: { ports: [{ port: 80 }] } }]), '');
});
