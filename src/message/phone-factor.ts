import { z } from 'zod';
import type { Digester } from '#src/secret/ports.ts';
import { readOwn } from '#src/sign-in/own-data.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { maskedEnding } from './phone-number.ts';

/** Kind of the factor that is a proved phone number. Messages that are no codes go to it as well. */
export const PHONE_KIND = 'sms';

/**
 * Accounts of a tenant that can have one number: partners and shop floors share a phone (design: shared phone numbers). A
 * phone that so many sign in with is nobody's second step any more, and what fraud needs to cost the most.
 */
export const MOST_ACCOUNTS = 10;

const dataSchema = z.strictObject({ phone: z.e164() });

/** `Factor.data` of a number (E.164). */
export function phoneData(number: string): string {
  return JSON.stringify({ phone: number });
}

/** The number in a factor's data (E.164). Throws AppError `internal` when it can't be read. */
export function phoneIn({ data }: Pick<Factor, 'data'>): string {
  return readOwn(dataSchema, data, 'the data of a phone factor').phone;
}

/** What may be shown of a factor that is a number: its last two digits. Undefined for any other. */
export function phoneEnding(factor: Pick<Factor, 'kind' | 'data'>): string | undefined {
  return factor.kind === PHONE_KIND ? maskedEnding(phoneIn(factor)) : undefined;
}

/** `Factor.identity` of a number: the same for every account of a tenant, and for no two tenants (ground rule 6). */
export function phoneIdentity(digester: Digester, tenantId: TenantId, number: string): string {
  return digester.digest('factor-identity', `${PHONE_KIND} ${tenantId} ${number}`);
}
