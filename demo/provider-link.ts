import * as client from 'openid-client';
import type { Clock } from '#src/clock.ts';
import { isLoopback, localhostFetch } from './loopback.ts';

/** Who we are to the provider. */
export interface Registration {
  /** Exactly as in the `iss` of its tokens. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** Our view of the provider: found when first needed, asked again when it may have changed or gone. */
export interface ProviderLink {
  /** Its configuration, at most FRESH_MS old; throws what openid-client throws when it can't be had. */
  fresh(): Promise<client.Configuration>;
  /** What was last found, without asking. */
  known(): client.ServerMetadata | undefined;
}

/** Short, so that a provider that has gone is a page of ours and not a browser's error. */
const FRESH_MS = 10_000;
const TIMEOUT_SECONDS = 5;

/** Makes the link without touching the network: the provider may start later than we do. */
export function createProviderLink(registration: Registration, clock: Clock): ProviderLink {
  const issuer = new URL(registration.issuer);
  const special = localhostFetch(issuer);
  let found: { configuration: client.Configuration; at: number } | undefined;
  let asking: Promise<client.Configuration> | undefined;

  async function discover(): Promise<client.Configuration> {
    const configuration = await client.discovery(
      issuer,
      registration.clientId,
      { id_token_signed_response_alg: 'ES256' },
      client.ClientSecretBasic(registration.clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // The signature is checked even though the ID token comes straight from the token endpoint.
        execute: isLoopback(issuer)
          ? [client.enableNonRepudiationChecks, client.allowInsecureRequests]
          : [client.enableNonRepudiationChecks],
        ...(special === undefined ? {} : { [client.customFetch]: special }),
      },
    );
    found = { configuration, at: clock.now() };
    return configuration;
  }

  return {
    fresh() {
      if (found !== undefined && clock.now() - found.at < FRESH_MS)
        return Promise.resolve(found.configuration);
      asking ??= discover().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    known: () => found?.configuration.serverMetadata(),
  };
}

/** The provider's page for one's own account, where it names one. */
export function accountPageOf(metadata: client.ServerMetadata | undefined): string | undefined {
  return webAddress(metadata?.account_management_uri);
}

/** An address that a browser may be sent to; undefined for anything else. */
export function webAddress(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}
