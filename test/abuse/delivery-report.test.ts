import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { type Installation, startInstallation } from '../support/installation.ts';
import { endOfSuite } from '../support/postgres.ts';
import { addTenant, type SecondTenant } from '../support/second-tenant.ts';
import { jwtOf, type Signer, seconds } from '../support/signed-jwt.ts';

const SIGNING_KEY = 'a-signing-key-for-delivery-reports';

describe('news of a text message', () => {
  const ending = endOfSuite();
  let installation: Installation;
  let south: SecondTenant;

  before(async () => {
    const messagebird = { accessKey: 'an-access-key', originator: 'Test', signingKey: SIGNING_KEY };
    const messaging = { sms: ['messagebird' as const], messagebird };
    installation = await startInstallation(ending, { settings: { messaging }, realSuppliers: true });
    south = await addTenant(installation, 'zuid');
  });

  /** Sends a report as the supplier does, or not quite; what the store then knows of the message. */
  const report = async ({
    issuer = installation.issuer,
    signedFor = issuer,
    signer = { secret: SIGNING_KEY },
    claims = {},
  }: {
    issuer?: string;
    signedFor?: string;
    signer?: Signer | 'absent';
    claims?: object;
  } = {}) => {
    const delivery = randomUUID();
    const path = `/webhooks/messagebird/${delivery}?status=delivery_failed`;
    const now = seconds();
    const url_hash = createHash('sha256').update(`${signedFor}${path}`).digest('hex');
    const said = { iss: 'MessageBird', jti: randomUUID(), nbf: now, exp: now + 60, url_hash, ...claims };
    const signature: Record<string, string> =
      signer === 'absent' ? {} : { 'messagebird-signature-jwt': jwtOf(said, signer) };
    const send = () => fetch(`${issuer}${path}`, { headers: signature });
    const { status } = await send();
    const { deliveries } = installation.running.composition.volatile;
    const known = (tenantId: string) => deliveries.find(tenantId, delivery);
    return { status, known, send };
  };
  const here = () => installation.running.composition.tenant.id;

  test('is believed when the supplier signed it, once', async () => {
    const { status, known, send } = await report();
    assert.deepEqual([status, await known(here())], [204, 'failed']);
    assert.equal((await send()).status, 401);
  });

  for (const [name, forged] of [
    ['nobody signed', { signer: 'absent' }],
    ['somebody else signed', { signer: { secret: 'another-signing-key-of-somebody' } }],
    ['claims to need no signature', { signer: 'none' }],
    ['was signed for another address', { signedFor: 'https://elsewhere.example' }],
    ['is over', { claims: { nbf: seconds() - 120, exp: seconds() - 60 } }],
    ['never ends', { claims: { exp: undefined } }],
    ['has no number of its own', { claims: { jti: undefined } }],
    ['comes from another supplier', { claims: { iss: 'SomebodyElse' } }],
  ] as const) {
    test(`that ${name} changes nothing`, async () => {
      const { status, known } = await report(forged);
      assert.deepEqual([status, await known(here())], [401, undefined]);
    });
  }

  test('of one tenant is nothing to another', async () => {
    const moved = await report({ issuer: south.issuer, signedFor: installation.issuer });
    assert.deepEqual([moved.status, await moved.known(south.tenant.id)], [401, undefined]);
    const own = await report({ issuer: south.issuer });
    assert.deepEqual([own.status, await own.known(south.tenant.id)], [204, 'failed']);
    assert.equal(await own.known(here()), undefined);
  });

  test('that is forged is in the log without what it held', () => {
    const lines = installation.logged.filter((line) => line.includes('delivery report refused'));
    assert.ok(lines.length > 0);
    for (const line of lines) assert.doesNotMatch(line, /eyJ|[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});
