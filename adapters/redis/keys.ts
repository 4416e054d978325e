import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** What stands behind one kind of key. `value` describes the value as a client reads it. */
export interface KeyRule {
  /** How the key is written; `<…>` is what varies. */
  pattern: string;
  type: 'string' | 'hash' | 'zset';
  /** How long it lives. There is no key without an end. */
  ttl: string;
  why: string;
  value: z.ZodType;
}

const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Looked at and not copied: every request reads several of these. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const jsonObject = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'no JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.custom<Record<string, unknown>>(isRecord));

const artifactKey = z.string().regex(/^pw:\{[^{}]+\}:artifact:/);

/** An artifact's hash. `grant`, `uid`, `account` and `ended` name the other keys that know about it. */
export const artifactValue = z.object({
  payload: jsonObject,
  uses: count.optional(),
  firstUsedAt: count.optional(),
  expiresAt: count.optional(),
  grant: z.string().optional(),
  uid: z.string().optional(),
  account: z.string().optional(),
  ended: z.string().optional(),
});

/** A flow's hash. */
export const flowValue = z.object({ value: z.string(), version: count.pipe(z.number().int().positive()) });

/** A counter's hash. `from` is the last failure of a wait, the first one of a window; `until` ends a wait. */
export const throttleValue = z.object({
  kind: z.enum(['wait', 'window']),
  count,
  from: count,
  until: count,
});

/** A one-time secret's hash. `tries` is how many are left. */
export const oneTimeValue = z.object({
  digest: z.string(),
  binding: z.string(),
  tries: count.pipe(z.number().int().positive()),
});

/** A delivery's hash. */
export const deliveryValue = z.object({ state: z.enum(['accepted', 'delivered', 'failed']) });

/** Artifacts by the end of their key, `<model>:<id>`. */
const index = z.array(z.string().regex(/^[A-Z][A-Za-z]+:./));

/** Every key this product has in Redis; `docs/stores.md` shows the table and a test holds them together. */
export const KEYS = {
  artifact: {
    pattern: 'pw:{<tenant>}:artifact:<model>:<id>',
    type: 'hash',
    ttl: 'the lifetime oidc-provider gives the artifact',
    why: 'a session, grant, code or token, with how often it was used',
    value: artifactValue,
  },
  uid: {
    pattern: 'pw:{<tenant>}:uid:<model>:<uid>',
    type: 'string',
    ttl: 'as its artifact',
    why: 'the second name of a session, by which its tokens find it',
    value: artifactKey,
  },
  grant: {
    pattern: 'pw:{<tenant>}:grant:<grant>',
    type: 'zset',
    ttl: 'as the longest-living artifact in it',
    why: 'what a grant holds, by expiry, so that ending it is no search',
    value: index,
  },
  ended: {
    pattern: 'pw:{<tenant>}:ended:<model>:<id>',
    type: 'string',
    ttl: '1 hour',
    why: 'a grant or session that was ended, so that a request under way can not bring it back',
    value: z.literal('1'),
  },
  account: {
    pattern: 'pw:{<tenant>}:account:<account>:<model>',
    type: 'zset',
    ttl: 'as the longest-living artifact in it',
    why: 'the sessions (or grants) of one account, by expiry, so that all can be ended at once',
    value: index,
  },
  flow: {
    pattern: 'pw:{<tenant>}:flow:<uid>',
    type: 'hash',
    ttl: 'the lifetime its caller names, at most that of an interaction',
    why: 'a sign-in, a recovery or a task of the settings in progress, sealed, with the version that saving over it must name',
    value: flowValue,
  },
  throttle: {
    pattern: 'pw:{<tenant>}:throttle:<counter>',
    type: 'hash',
    ttl: 'until a minute after the counter is forgotten: its memory or wait, or the end of its window',
    why: 'tries counted before they are made',
    value: throttleValue,
  },
  'one-time': {
    pattern: 'pw:{<tenant>}:one-time:<slot>',
    type: 'hash',
    ttl: 'minutes: until it is used, out of tries, or as old as its caller lets it be',
    why: 'a code or challenge that waits for its answer, as a keyed digest, with whom it is for and the tries left',
    value: oneTimeValue,
  },
  delivery: {
    pattern: 'pw:{<tenant>}:delivery:<delivery>',
    type: 'hash',
    ttl: 'the lifetime its caller names: while somebody may wait for the message',
    why: 'what a supplier told of a message under way, without number or text',
    value: deliveryValue,
  },
} as const satisfies Record<string, KeyRule>;

/** The tenant is the hash tag, so a tenant's keys share a slot and scripts may touch several of them. */
function key(tenantId: TenantId, kind: keyof typeof KEYS, ...rest: readonly string[]): string {
  if (!/^[^{}]+$/.test(tenantId))
    throw new AppError('internal', 500, 'a tenant id does not fit in a hash tag');
  return `pw:{${tenantId}}:${kind}:${rest.join(':')}`;
}

/** Builds each key of the table. */
export const keyOf = {
  artifact: (tenantId: TenantId, model: string, id: string) => key(tenantId, 'artifact', model, id),
  uid: (tenantId: TenantId, model: string, uid: string) => key(tenantId, 'uid', model, uid),
  grant: (tenantId: TenantId, grantId: string) => key(tenantId, 'grant', grantId),
  ended: (tenantId: TenantId, model: string, id: string) => key(tenantId, 'ended', model, id),
  account: (tenantId: TenantId, accountId: string, model: string) =>
    key(tenantId, 'account', accountId, model),
  flow: (tenantId: TenantId, uid: string) => key(tenantId, 'flow', uid),
  throttle: (tenantId: TenantId, counter: string) => key(tenantId, 'throttle', counter),
  oneTime: (tenantId: TenantId, slot: string) => key(tenantId, 'one-time', slot),
  delivery: (tenantId: TenantId, delivery: string) => key(tenantId, 'delivery', delivery),
};
