import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantSchema } from '#config/tenant.ts';
import type { Account } from '#src/account/account.ts';
import { accountClaims, scopeClaims, scopes } from '#src/provider/claims.ts';

const tenant = {
  id: 'tenant-id',
  key: 'default',
  issuer: 'https://login.example',
  settings: tenantSchema.parse({
    name: 'Test',
    productName: 'Test',
    applicationName: 'Test',
    initiateLoginUri: 'https://app.example/login',
    helpDesk: { email: 'help@app.example' },
  }),
};
const account: Account = {
  id: 'account-id',
  tenantId: 'tenant-id',
  loginName: 'Hr.Manager',
  givenName: 'Test',
  familyName: 'Manager',
  email: 'hr@test.example',
  emailVerified: false,
  phone: '+31600000000',
  phoneVerified: true,
  locale: 'nl',
  roles: ['hr-manager'],
  disabledAt: undefined,
  suspendedAt: undefined,
  passwordChangedAt: undefined,
  createdAt: 1,
};

test('a person’s claims have the names and types of OpenID Connect', () => {
  assert.deepEqual(accountClaims(account, tenant), {
    sub: 'account-id',
    tenant: 'default',
    name: 'Test Manager',
    given_name: 'Test',
    family_name: 'Manager',
    preferred_username: 'Hr.Manager',
    locale: 'nl',
    email: 'hr@test.example',
    email_verified: false,
    phone_number: '+31600000000',
    phone_number_verified: true,
    roles: ['hr-manager'],
  });
});

test('what is not known of a person is not claimed, nor whether it was verified', () => {
  const claims = accountClaims({ ...account, email: undefined, phone: undefined, givenName: '' }, tenant);
  for (const name of ['email', 'email_verified', 'phone_number', 'phone_number_verified']) {
    assert.equal(Object.hasOwn(claims, name), false, name);
  }
  assert.equal(claims.name, 'Manager');
});

test('every claim of a person is opened by exactly one scope', () => {
  const opened = Object.values(scopeClaims).flatMap((names) => names ?? []);
  assert.equal(new Set(opened).size, opened.length);
  for (const name of Object.keys(accountClaims(account, tenant))) {
    assert.ok(
      opened.some((open) => open === name),
      name,
    );
  }
});

test('every scope that opens claims can be asked for', () => {
  const asked: readonly string[] = scopes;
  for (const [scope, names] of Object.entries(scopeClaims)) {
    if (names !== null) assert.ok(asked.includes(scope), scope);
  }
});
