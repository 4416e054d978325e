import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Account } from '#src/account/account.ts';
import type { Composition } from '#src/compose.ts';
import { PHONE_KIND, phoneData, phoneIdentity } from '#src/message/phone-factor.ts';
import { coolsUntil } from '#src/sign-in/cooling.ts';
import type { Installation } from './installation.ts';
import { PASSWORD } from './installation.ts';

type Whose = Pick<Account, 'tenantId' | 'id'>;

/** Puts another number (E.164) in the place of somebody's only one, as the settings do; resolves to until when it is new. */
export async function replaceNumber(
  {
    durable,
    clock,
    tenant,
  }: Pick<Composition, 'clock' | 'tenant'> & {
    durable: Pick<Composition['durable'], 'factors' | 'digester'>;
  },
  { tenantId, id: accountId }: Whose,
  number: string,
): Promise<number> {
  const { factors, digester } = durable;
  const former = (await factors.list(tenantId, accountId)).find(({ kind }) => kind === PHONE_KIND);
  assert.ok(former);
  const now = clock.now();
  const until = coolsUntil(tenant.settings.recovery.newPhoneHours, now);
  const factor = {
    ...{ id: randomUUID(), tenantId, accountId, kind: PHONE_KIND, label: '', data: phoneData(number) },
    identity: phoneIdentity(digester, tenantId, number),
    ...{ lastCounter: undefined, coolsUntil: until },
  };
  assert.equal(await factors.replace(former.id, factor, now), 'replaced');
  return until;
}

/** Sets somebody's password anew as a link in a mail does. */
export async function recoverPassword({ running }: Installation, { tenantId, id }: Whose): Promise<void> {
  const { durable, hasher, clock } = running.composition;
  const hash = await hasher.hash(PASSWORD);
  const change = { hash, at: clock.now(), provesEmail: undefined, recovered: true };
  assert.ok(await durable.accounts.changePassword(tenantId, id, change));
}
