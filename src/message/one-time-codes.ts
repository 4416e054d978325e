import { randomInt } from 'node:crypto';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { OneTimeStore, RedeemResult } from './ports.ts';

/** Digits of every code that is sent. */
export const CODE_DIGITS = 6;

/** How long a code lives, in seconds, and how many tries it takes. */
export interface CodeLife {
  ttl: number;
  tries: number;
}

/** A code by text message or call (security policy, numbers). */
export const PHONE_CODE_LIFE: CodeLife = { ttl: 5 * 60, tries: 5 };
/** A code by mail, to prove an address. */
export const EMAIL_CODE_LIFE: CodeLife = { ttl: 10 * 60, tries: 5 };

/** The digits that somebody typed, without blanks, dashes and marks that can't be seen; undefined for what is no code. */
export function typedCode(typed: string): string | undefined {
  const code = typed.replace(/[\s\p{Pd}\p{Cf}]/gu, '');
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}

/** Codes that are sent and typed back. `slot` and `binding` as in OneTimeStore. */
export interface OneTimeCodes {
  /** Makes a code and puts it in the place of the one before. */
  issue(tenantId: TenantId, slot: string, binding: string, life: CodeLife): Promise<string>;
  /** Whether one is waiting for this binding. */
  waits(tenantId: TenantId, slot: string, binding: string): Promise<boolean>;
  /** Uses a code up. What has not the form of one is `malformed`, and costs no try. */
  redeem(
    tenantId: TenantId,
    slot: string,
    binding: string,
    typed: string,
  ): Promise<RedeemResult | 'malformed'>;
}

interface Parts {
  oneTime: OneTimeStore;
  digester: Digester;
  /** A whole number from 0 up to, not including, `below`, each as likely. */
  random?: (below: number) => number;
}

/** Codes of six random digits; what is kept is a keyed digest that is good for one slot and binding of one tenant. */
export function createOneTimeCodes({ oneTime, digester, random = randomInt }: Parts): OneTimeCodes {
  const digestOf = (...parts: readonly string[]) => digester.digest('one-time-code', JSON.stringify(parts));
  return {
    async issue(tenantId, slot, binding, life) {
      const code = String(random(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
      const digest = digestOf(tenantId, slot, binding, code);
      await oneTime.put(tenantId, slot, { digest, binding, ...life });
      return code;
    },
    waits: (tenantId, slot, binding) => oneTime.waits(tenantId, slot, binding),
    async redeem(tenantId, slot, binding, typed) {
      const code = typedCode(typed);
      if (code === undefined) return 'malformed';
      return oneTime.redeem(tenantId, slot, { digest: digestOf(tenantId, slot, binding, code), binding });
    },
  };
}
