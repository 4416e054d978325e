import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { Factor } from '#src/sign-in/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** Kind of the factor that is a proved phone number. Messages that are no codes go to it as well. */
export const PHONE_KIND = 'sms';

const dataSchema = z.strictObject({ phone: z.e164() });

/** `Factor.data` of a number (E.164). */
export function phoneData(number: string): string {
  return JSON.stringify({ phone: number });
}

/**
 * Reads JSON text that this house wrote, by its schema. Throws AppError `internal` for anything else; without the
 * parser's own error, which would quote the number.
 */
export function readOwn<T>(schema: z.ZodType<T>, text: string, what: string): T {
  const fault = new AppError('internal', 500, `${what} is malformed`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw fault;
  return parsed.data;
}

/** The number in a factor's data (E.164). Throws AppError `internal` when it can't be read. */
export function phoneIn({ data }: Pick<Factor, 'data'>): string {
  return readOwn(dataSchema, data, 'the data of a phone factor').phone;
}

/** `Factor.identity` of a number: the same for every account of a tenant, and for no two tenants (ground rule 6). */
export function phoneIdentity(digester: Digester, tenantId: TenantId, number: string): string {
  return digester.digest('factor-identity', `${PHONE_KIND} ${tenantId} ${number}`);
}
