import { createMemoryOneTimeStore } from '#adapters/memory/one-time-store.ts';
import { createMemoryThrottleStore } from '#adapters/memory/throttle-store.ts';
import type { Config } from '#config/settings.ts';
import { createTexts } from '#interactions/i18n.ts';
import type { Clock } from '#src/clock.ts';
import type { KnownMethod } from '#src/enrolment/policy.ts';
import type { Log } from '#src/log.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { Durable } from './durable.ts';
import { composeMessaging } from './messaging.ts';
import { composeSecondStep } from './second-step.ts';
import { composeYubico } from './yubico.ts';

export interface KnownMethodsParts {
  config: Config;
  durable: Pick<Durable, 'accounts' | 'factors' | 'backupCodes' | 'digester'>;
  hasher: PasswordHasher;
  clock: Clock;
  log: Log;
}

/**
 * The methods that a server of this configuration has, to judge a tenant's policy by: its very registry, so that the
 * two can't differ. Nobody uses them, so no Redis, gateway or hashing thread is asked for anything.
 */
export async function knownMethods(parts: KnownMethodsParts): Promise<readonly KnownMethod[]> {
  const { clock } = parts;
  using messaging = composeMessaging(parts);
  await using secondStep = composeSecondStep({
    ...parts,
    volatile: {
      oneTime: createMemoryOneTimeStore({ clock }),
      throttle: createMemoryThrottleStore({ clock }),
    },
    courier: messaging.courier,
    queue: { put: async () => {} },
    reportHref: async () => undefined,
    validation: composeYubico(parts),
    texts: createTexts(),
    events: createSystemEvents(undefined),
  });
  return secondStep.methods;
}
