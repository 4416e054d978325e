import { randomBytes } from 'node:crypto';
import type { OneTimeStore } from '#src/message/ports.ts';
import type { Digester } from '#src/secret/ports.ts';
import type { MethodContext, PasskeyPurpose } from '#src/sign-in/factor.ts';
import type { KeyAnswer } from './webauthn-answer.ts';

const BYTES = 32;

/** Seconds that a challenge, and so a browser's dialog, lasts. */
export const CHALLENGE_TTL = 300;

interface Parts {
  oneTime: Pick<OneTimeStore, 'put' | 'redeem' | 'remove'>;
  digester: Digester;
}

/** What keys are asked to sign: bound to tenant, person, purpose and interaction, the newest only (ASVS 6.7.2). */
export function createChallenges({ oneTime, digester }: Parts) {
  const slotOf = (context: MethodContext, purpose: PasskeyPurpose) =>
    `webauthn:${purpose}:${context.interaction}`;
  const secretOf = (context: MethodContext, purpose: PasskeyPurpose, challenge: string) => ({
    digest: digester.digest('one-time-code', challenge),
    binding: `${context.accountId} ${purpose} ${context.interaction}`,
  });

  return {
    /** Makes one, which ends the one before. */
    async make(context: MethodContext, purpose: PasskeyPurpose) {
      const challenge = randomBytes(BYTES);
      const secret = secretOf(context, purpose, challenge.toString('base64url'));
      await oneTime.put(context.tenant.id, slotOf(context, purpose), {
        ...secret,
        tries: 1,
        ttl: CHALLENGE_TTL,
      });
      return challenge;
    },

    /** Burns the one that waits, whatever the answer; true when the answer is to this very one. */
    async spend(
      context: MethodContext,
      purpose: PasskeyPurpose,
      answer: KeyAnswer<unknown>,
    ): Promise<boolean> {
      const slot = slotOf(context, purpose);
      if (!answer.ok) {
        await oneTime.remove(context.tenant.id, slot);
        return false;
      }
      const given = secretOf(context, purpose, answer.clientData.challenge);
      return (await oneTime.redeem(context.tenant.id, slot, given)) === 'right';
    },
  };
}
