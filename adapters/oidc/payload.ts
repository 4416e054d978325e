import type { AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';

/** The members that oidc-provider or this adapter act on; the rest is the models' own business and not even copied. */
const actedOn = z.object({
  jti: z.string().optional(),
  uid: z.string().optional(),
  kind: z.string().optional(),
  iat: z.number().optional(),
  exp: z.number().optional(),
  consumed: z.number().optional(),
  grantId: z.string().optional(),
  accountId: z.string().optional(),
  clientId: z.string().optional(),
  client_id: z.string().optional(),
});

const payload = z.custom<AdapterPayload>((value) => actedOn.safeParse(value).success);

/** A stored payload as oidc-provider's type; AppError `store-unavailable` when it is none. */
export function readPayload(value: unknown, model: string): AdapterPayload {
  const read = payload.safeParse(value);
  if (!read.success) throw new AppError('store-unavailable', 503, `the store holds an unreadable ${model}`);
  return read.data;
}
