import type { MethodContext } from '#src/sign-in/factor.ts';
import type { Assertion, ClientData, Registration } from './webauthn-answer.ts';
import type { KeptKey } from './webauthn-key.ts';
import { loadWebAuthn, loadWebAuthnHelpers } from './webauthn-library.ts';

/** ES256, EdDSA and RS256 (RFC 9053 §2, RFC 8812): the first that a key can do is taken, the last is what older Windows machines have. */
export const ALGORITHMS = [-7, -8, -257];

/** The site that keys are bound to: the tenant's host, and no other address of it. */
export const siteOf = ({ tenant }: Pick<MethodContext, 'tenant'>) => ({
  rpId: new URL(tenant.issuer).hostname,
  origin: tenant.issuer,
});

const expectations = (context: MethodContext, { challenge }: ClientData) => {
  const { rpId, origin } = siteOf(context);
  return {
    // The caller has spent it already: whoever gets here signed the one that waited.
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: false,
  };
};

/** The library says no by throwing. What it throws quotes the answer, so it goes no further. */
async function unlessRefused<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}

/**
 * The answer without attestation, which we do not ask for. One that comes all the same is dropped unread: to check its
 * certificates the library would fetch revocation lists from wherever they say (ground rule 13).
 */
async function withoutAttestation(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoCBOR } = await loadWebAuthnHelpers();
  const authData = decodeAttestationObject(Buffer.from(attestationObject, 'base64url')).get('authData');
  const none = new Map<string, string | Uint8Array | Map<string, string>>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ]);
  return Buffer.from(isoCBOR.encode(none)).toString('base64url');
}

/** A new key that passed WebAuthn §7.1 with its sign count; undefined when something is not as it must be. */
export async function verifyRegistration(
  context: MethodContext,
  { response, ...rest }: Registration,
  clientData: ClientData,
): Promise<{ key: KeptKey; counter: number } | undefined> {
  if (clientData.crossOrigin) return undefined;
  const { verifyRegistrationResponse } = await loadWebAuthn();
  const result = await unlessRefused(async () =>
    verifyRegistrationResponse({
      response: {
        ...rest,
        response: {
          clientDataJSON: response.clientDataJSON,
          attestationObject: await withoutAttestation(response.attestationObject),
        },
        clientExtensionResults: {},
      },
      ...expectations(context, clientData),
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!result?.verified) return undefined;
  const { credential, ...info } = result.registrationInfo;
  const key = {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    transports: response.transports ?? [],
    aaguid: info.aaguid,
    backupEligible: info.credentialDeviceType === 'multiDevice',
    backedUp: info.credentialBackedUp,
    verifiesUser: info.userVerified,
  };
  return { key, counter: credential.counter };
}

/** What one verified use showed. */
export interface KeyUse {
  counter: number;
  userVerified: boolean;
  backedUp: boolean;
}

/** A use of a known key that passed WebAuthn §7.2, all but its sign count; undefined when something is not as it must be. */
export async function verifyUse(
  context: MethodContext,
  { response, ...rest }: Assertion,
  clientData: ClientData,
  key: KeptKey,
): Promise<KeyUse | undefined> {
  if (clientData.crossOrigin) return undefined;
  const { clientDataJSON, authenticatorData, signature } = response;
  const { verifyAuthenticationResponse } = await loadWebAuthn();
  const result = await unlessRefused(() =>
    verifyAuthenticationResponse({
      response: {
        ...rest,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      ...expectations(context, clientData),
      // From 0 the library lets every count pass: the caller says more of a wrong one than that it is wrong.
      credential: { id: key.id, publicKey: Buffer.from(key.publicKey, 'base64url'), counter: 0 },
    }),
  );
  if (!result?.verified) return undefined;
  const info = result.authenticationInfo;
  // A key is born to be copied or not (§7.2): one that changed sides is not the key that was set up.
  if ((info.credentialDeviceType === 'multiDevice') !== key.backupEligible) return undefined;
  return { counter: info.newCounter, userVerified: info.userVerified, backedUp: info.credentialBackedUp };
}
