import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFaults } from '#config/check.ts';
import { readTenantFile } from '#config/tenant-file.ts';

const GOOD = `
issuer: https://noord.example
key: noord
name: Organisatie Noord
productName: Verzuimloket
applicationName: Verzuimloket
initiateLoginUri: https://verzuim.example/login
helpDesk:
  phone: 0900 1234
`;

const read = (text: string) => readTenantFile('noord.yaml', { ok: true, text });

/** Faults as people read them, without the first line. */
function faultsIn(text: string): string[] {
  const result = read(text);
  if (result.ok) return [];
  return formatFaults(result.faults, 'The tenant').trimEnd().split('\n').slice(1);
}

test('a file holds a tenant’s key, its issuer and the settings that a tenant has', () => {
  const result = read(GOOD);
  assert.ok(result.ok);
  assert.equal(result.tenant.issuer, 'https://noord.example');
  const { key, name, defaultLocale, theme, helpDesk } = result.tenant.settings;
  assert.deepEqual(
    { key, name, defaultLocale, theme, helpDesk },
    {
      key: 'noord',
      name: 'Organisatie Noord',
      defaultLocale: 'nl',
      theme: {},
      helpDesk: { phone: '0900 1234' },
    },
  );
});

test('every fault is told at once with its line and without what stands there', () => {
  const faults = faultsIn(
    GOOD.replace('https://noord.example', 'https://noord.example/planted')
      .replace('key: noord', 'key: Planted!')
      .replace('productName', 'productNam')
      .replace('  phone: 0900 1234', '  hours: { nl: planted }\ntheme:\n  acent: "#123456"'),
  );
  assert.deepEqual(faults, [
    '  noord.yaml:2 issuer: must be scheme, host and port only, in lower case and without a slash at the end',
    '  noord.yaml:3 key: must be 1 to 40 lower-case letters, digits and hyphens',
    '  noord.yaml productName: is required',
    '  noord.yaml:9 helpDesk.hours.en: is required',
    '  noord.yaml:8 helpDesk.email: is needed, or a phone number: people who are stuck must be able to reach somebody',
    '  noord.yaml:11 theme.acent: is not a setting; did you mean accent?',
    '  noord.yaml:5 productNam: is not a setting; did you mean productName?',
  ]);
});

test('the key is never left to a default, for it names whose settings are replaced', () => {
  assert.deepEqual(faultsIn(GOOD.replace('key: noord\n', '')), ['  noord.yaml key: is required']);
});

test('an issuer is https, or http on this machine only, *.localhost included', () => {
  for (const issuer of ['http://noord.localhost:3000', 'http://localhost', 'http://127.0.0.1:81']) {
    assert.deepEqual(faultsIn(GOOD.replace('https://noord.example', issuer)), [], issuer);
  }
  for (const issuer of [
    'http://noord.example',
    'http://localhost.example',
    'https://Noord.example',
    'https://noord.example:443',
    '"https://noord.example\\0"',
    '" https://noord.example"',
    '"https://noord.example\\ud800"',
    'noord.example',
  ]) {
    assert.equal(faultsIn(GOOD.replace('https://noord.example', issuer)).length, 1, issuer);
  }
});

test('what belongs to the installation is no setting of a tenant', () => {
  const [fault, ...more] = faultsIn(`${GOOD}masterKey: planted\n`);
  assert.deepEqual([fault, more], ['  noord.yaml:10 masterKey: is not a setting of a tenant', []]);
});

test('a file that is no YAML, or is not there, says so', () => {
  assert.deepEqual(faultsIn('key: [noord'), [
    '  noord.yaml:1: is indented wrongly, or a bracket above it is open',
  ]);
  const gone = readTenantFile('gone.yaml', { ok: false, reason: "can't read gone.yaml: it does not exist" });
  assert.ok(!gone.ok);
  assert.match(formatFaults(gone.faults, 'The tenant'), /can't read gone\.yaml: it does not exist/);
});
