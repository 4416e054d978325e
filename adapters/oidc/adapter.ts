import { type AdapterFactory, Provider } from 'oidc-provider';
import type { Clock } from '#src/clock.ts';
import { AppError } from '#src/errors.ts';
import type { ArtifactStore, ClientStore } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { createArtifactAdapter } from './artifact-adapter.ts';
import { createClientAdapter, createRefusingAdapter } from './client-adapter.ts';
import { isModelName, MODELS } from './models.ts';
import { ReadAhead } from './read-ahead.ts';

/** oidc-provider's own `clockTolerance` when its configuration names none, in seconds. */
const DEFAULT_CLOCK_TOLERANCE = 15;

/** What the adapters of one tenant's Provider work with. */
export interface AdapterFactoryParts {
  tenantId: TenantId;
  artifacts: ArtifactStore;
  clients: ClientStore;
  clock: Clock;
  /** Milliseconds in which a used refresh token is answered once more (security ground rule 4). */
  refreshGraceMs?: number | undefined;
  /** Seconds; the `clockTolerance` of the Provider's configuration. */
  clockTolerance?: number | undefined;
}

/**
 * Makes what oidc-provider's `adapter` setting takes, for the Provider of one tenant. The adapters throw
 * oidc-provider's `InvalidGrant` to losers of single-use races and AppError `store-unavailable` when a store can't
 * answer.
 */
export function createAdapterFactory(parts: AdapterFactoryParts): AdapterFactory {
  const { refreshGraceMs = 10_000, clockTolerance = DEFAULT_CLOCK_TOLERANCE } = parts;
  const ahead = new ReadAhead(() => Provider.ctx);
  // An arrow function on purpose: oidc-provider calls anything that has a prototype with `new`.
  return (model) => {
    if (!isModelName(model)) throw new AppError('internal', 500, `oidc-provider has a new model: ${model}`);
    if (MODELS[model].store === 'off') return createRefusingAdapter(model);
    if (MODELS[model].store === 'durable') return createClientAdapter(parts);
    return createArtifactAdapter(model, { ...parts, refreshGraceMs, clockTolerance, ahead });
  };
}
