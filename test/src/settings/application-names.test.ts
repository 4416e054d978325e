import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApplicationNames } from '#src/settings/application-names.ts';

const configured = new Map([
  ['app', { client_name: 'Verzuim' }],
  ['plain', {}],
]);

function bench() {
  const asked: string[] = [];
  const names = createApplicationNames({
    configured: (tenantId) => (tenantId === 'own' ? configured : new Map()),
    clients: {
      async find(tenantId, clientId) {
        asked.push(clientId);
        return clientId === 'app' && tenantId === 'other' ? { client_name: 'Rooster' } : undefined;
      },
    },
  });
  return { asked, names };
}

test('an application goes by its name, by its client id when it has none, and also when it is gone', async () => {
  const { asked, names } = bench();
  const nameOf = await names('own', ['app', 'plain', 'gone', 'gone', 'constructor']);
  assert.deepEqual(['app', 'plain', 'gone', 'constructor', 'never asked'].map(nameOf), [
    ...['Verzuim', 'plain', 'gone', 'constructor', 'never asked'],
  ]);
  assert.deepEqual(asked, ['gone', 'constructor'], 'each once, and only those that are not configured');
});

test('an application of one tenant has no name in another', async () => {
  const { names } = bench();
  assert.equal((await names('other', ['app']))('app'), 'Rooster');
  assert.equal((await names('third', ['app']))('app'), 'app');
});
