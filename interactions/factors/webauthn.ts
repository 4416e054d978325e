import { createHash } from 'node:crypto';
import type { OneTimeStore } from '#src/message/ports.ts';
import type { Digester } from '#src/secret/ports.ts';
import type {
  FactorMethod,
  FieldSpec,
  MethodContext,
  SetUpAnswer,
  SignInCheck,
} from '#src/sign-in/factor.ts';
import type { Factor, FactorStore } from '#src/sign-in/ports.ts';
import { readAssertion, readRegistration, saysSomething } from './webauthn-answer.ts';
import { CHALLENGE_TTL, createChallenges } from './webauthn-challenge.ts';
import { dataOf, type KeptKey, keyIn, proofOf } from './webauthn-key.ts';
import { loadWebAuthn } from './webauthn-library.ts';
import { ALGORITHMS, type KeyUse, siteOf, verifyRegistration, verifyUse } from './webauthn-verify.ts';

const KIND = 'webauthn';

const field: FieldSpec = { type: 'passkey', name: 'credential' };

/** How the account is called inside a key, which may show it to whoever holds it: it says nothing of the person (§14.6.1). */
const userHandleOf = ({ tenant, accountId }: MethodContext) =>
  createHash('sha256').update(`webauthn user\0${tenant.id}\0${accountId}`).digest();

/** How browsers are told of keys: by id, and by the ways to reach them where those are known. */
const descriptorsOf = (factors: readonly Factor[]) =>
  factors.map(({ data }) => {
    const { id, transports } = keyIn(data);
    return transports.length > 0 ? { id, transports } : { id };
  });

const creationOptions = async (
  context: MethodContext,
  challenge: Buffer<ArrayBuffer>,
  factors: readonly Factor[],
) =>
  (await loadWebAuthn()).generateRegistrationOptions({
    rpName: context.tenant.settings.productName,
    rpID: siteOf(context).rpId,
    userID: userHandleOf(context),
    userName: context.loginName,
    userDisplayName: context.loginName,
    challenge,
    timeout: CHALLENGE_TTL * 1000,
    attestationType: 'none',
    excludeCredentials: descriptorsOf(factors),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });

const requestOptions = async (
  context: MethodContext,
  challenge: Buffer<ArrayBuffer>,
  factors: readonly Factor[],
) =>
  (await loadWebAuthn()).generateAuthenticationOptions({
    rpID: siteOf(context).rpId,
    challenge,
    timeout: CHALLENGE_TTL * 1000,
    allowCredentials: descriptorsOf(factors),
    userVerification: 'preferred',
  });

/**
 * Synced keys have no sign count and say 0 for good. Any other count must go up, or there is a copy of the key
 * (§6.1.1). What changed about the key is kept.
 */
function accept(factor: Factor, key: KeptKey, use: KeyUse): SignInCheck {
  const last = factor.lastCounter ?? 0;
  if ((use.counter > 0 || last > 0) && use.counter <= last) return { ok: false, reason: 'used' };
  const verifiesUser = key.verifiesUser || use.userVerified;
  const changed = use.backedUp !== key.backedUp || verifiesUser !== key.verifiesUser;
  return {
    ok: true,
    factorId: factor.id,
    use: {
      counter: use.counter > 0 ? use.counter : undefined,
      data: changed ? dataOf({ ...key, backedUp: use.backedUp, verifiesUser }) : undefined,
    },
    proof: proofOf(key),
  };
}

/** What it needs. */
export interface WebAuthnParts {
  oneTime: Pick<OneTimeStore, 'put' | 'redeem' | 'remove'>;
  digester: Digester;
  factors: Pick<FactorStore, 'countAccounts'>;
}

/**
 * Security keys and passkeys (Web Authentication Level 3), several per person, bound to the tenant's host. The form
 * brings `credential`: the browser's answer as JSON, or `{ "error": "cancelled" | "unsupported" | "already" }` from the
 * page's script, which check and prove tell in words; neither is a guess. Each answer burns the challenge that waits,
 * whatever comes of it. `counter` is the key's sign count, where it has one. Throws AppError `internal` when a
 * factor's data can't be read.
 */
export function createWebAuthnMethod({ oneTime, digester, factors: store }: WebAuthnParts): FactorMethod {
  const challenges = createChallenges({ oneTime, digester });

  return {
    kind: KIND,
    icon: 'key',
    phishingResistant: true,
    channels: () => [],

    setUp: {
      page: 'yubikey',
      field: () => field,
      async prove(context, _pending, typed): Promise<SetUpAnswer> {
        const answer = readRegistration(typed);
        const fresh = await challenges.spend(context, 'set-up', answer);
        if (!answer.ok) return answer;
        if (!fresh) return { ok: false, reason: 'expired' };
        const made = await verifyRegistration(context, answer.credential, answer.clientData);
        const data = made && dataOf(made.key);
        if (made === undefined || data === undefined) return { ok: false, reason: 'wrong' };
        const identity = digester.digest('factor-identity', `webauthn:${made.key.id}`);
        if ((await store.countAccounts(context.tenant.id, KIND, identity)) > 0)
          return { ok: false, reason: 'taken' };
        const counter = made.counter > 0 ? made.counter : undefined;
        return { ok: true, data, counter, identity, proof: proofOf(made.key) };
      },
    },

    signIn: {
      field: () => field,
      isPlausible: (typed) => saysSomething(readAssertion(typed)),
      async check(context, factors, typed): Promise<SignInCheck> {
        const known = factors.map((factor) => ({ factor, key: keyIn(factor.data) }));
        const answer = readAssertion(typed);
        const fresh = await challenges.spend(context, 'sign-in', answer);
        if (!answer.ok) return answer;
        if (!fresh) return { ok: false, reason: 'expired' };
        const { credential, clientData } = answer;
        const own = known.find(({ key }) => key.id === credential.id);
        const { userHandle } = credential.response;
        const foreign = userHandle && userHandle !== userHandleOf(context).toString('base64url');
        if (own === undefined || foreign) return { ok: false, reason: 'foreign' };
        const use = await verifyUse(context, credential, clientData, own.key);
        return use === undefined ? { ok: false, reason: 'wrong' } : accept(own.factor, own.key, use);
      },
    },

    async passkeyOptions(context, purpose, factors) {
      const challenge = await challenges.make(context, purpose);
      const make = purpose === 'set-up' ? creationOptions : requestOptions;
      return make(context, challenge, factors);
    },
  };
}
