/** Where one of oidc-provider's models is kept, and why there. */
export interface ModelRule {
  /**
   * `volatile`: ArtifactStore, with its lifetime. `durable`: ClientStore. `off`: its feature is off, so any use of
   * it is a fault of ours.
   */
  store: 'volatile' | 'durable' | 'off';
  /**
   * `digest`: whoever knows the id holds the thing, so only its SHA-256 is kept (security ground rule 9). `plain`:
   * the id alone opens nothing (cookies are signed with keys kept elsewhere).
   */
  id: 'plain' | 'digest';
  /** True when it dies with the grant it names. */
  inGrant: boolean;
  why: string;
}

const off = { store: 'off', id: 'digest', inGrant: false } as const;

/** Every model of oidc-provider; `docs/stores.md` shows the table and a test holds it to the library's list. */
export const MODELS = {
  Session: {
    store: 'volatile',
    id: 'plain',
    inGrant: false,
    why: 'read on every request, ends when idle; its tokens find it by uid, "end all" by account',
  },
  Grant: {
    store: 'volatile',
    id: 'plain',
    inGrant: true,
    why: 'what a person allowed one application; ending it ends every code and token in it',
  },
  AuthorizationCode: {
    store: 'volatile',
    id: 'digest',
    inGrant: true,
    why: 'lives a minute and buys once; a second use ends the grant (RFC 6749 §4.1.2)',
  },
  AccessToken: {
    store: 'volatile',
    id: 'digest',
    inGrant: true,
    why: 'lives ten minutes; kept so that ending the grant ends it at once',
  },
  RefreshToken: {
    store: 'volatile',
    id: 'digest',
    inGrant: true,
    why: 'rotated on every use; the used one is kept to recognise a thief (RFC 9700 §4.14.2)',
  },
  Interaction: {
    store: 'volatile',
    id: 'plain',
    inGrant: false,
    why: 'a sign-in in progress, of use to one browser for an hour',
  },
  ReplayDetection: {
    store: 'volatile',
    id: 'plain',
    inGrant: false,
    why: 'which signed proofs were seen; needed only as long as one is accepted',
  },
  PushedAuthorizationRequest: {
    store: 'volatile',
    id: 'digest',
    inGrant: false,
    why: 'request parameters on their way to the browser, used once within a minute (RFC 9126)',
  },
  Client: {
    store: 'durable',
    id: 'plain',
    inGrant: false,
    why: 'registered by an operator, must survive a flushed Redis; oidc-provider only reads it',
  },
  ClientCredentials: { ...off, why: 'no application signs in for itself' },
  DeviceCode: { ...off, why: 'the device flow is off' },
  BackchannelAuthenticationRequest: { ...off, why: 'sign-in started by the application (CIBA) is off' },
  PreAuthorizedCode: { ...off, why: 'issuing credentials is off' },
  InitialAccessToken: { ...off, why: 'applications can not register themselves' },
  RegistrationAccessToken: { ...off, why: 'applications can not register themselves' },
} as const satisfies Record<string, ModelRule>;

export type ModelName = keyof typeof MODELS;

/** Narrows a name that oidc-provider hands us to one of the table. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(MODELS, name);
}
