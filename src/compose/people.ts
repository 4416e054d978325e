import { createBreachedPasswords } from '#adapters/crypto/breached-passwords.ts';
import type { OpenPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import type { Config } from '#config/settings.ts';
import type { Texts } from '#interactions/i18n.ts';
import type { AuditTrail } from '#src/audit/ports.ts';
import type { Clock } from '#src/clock.ts';
import { type PolicyFault, policyFaults } from '#src/enrolment/policy.ts';
import { AppError } from '#src/errors.ts';
import type { Log } from '#src/log.ts';
import type { Courier } from '#src/message/ports.ts';
import { RECOVERY_KIND } from '#src/recovery/recovery-request.ts';
import { createSystemEvents } from '#src/system-events.ts';
import type { TenantDirectory } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';
import type { Queue } from './queue.ts';
import { composeMailLinks, composeRecovery } from './recovery.ts';
import { composeSecondStep } from './second-step.ts';
import { composeSessions, composeTellLogout } from './sessions.ts';
import { composeSignIn } from './sign-in.ts';
import type { Volatile } from './volatile.ts';
import { composeYubico } from './yubico.ts';

export interface PeopleParts {
  config: Config;
  durable: Durable;
  volatile: Volatile;
  /** The tenant of the configuration. */
  tenant: Tenant;
  tenants: TenantDirectory;
  courier: Courier;
  queue: Queue;
  hasher: OpenPasswordHasher;
  texts: Texts;
  trail: AuditTrail;
  clock: Clock;
  log: Log;
}

/** A tenant's policy that this installation can't keep stops the start: nobody may find out at the second step. */
function refuseFaults(faults: readonly PolicyFault[]): void {
  if (faults.length === 0) return;
  const sentences = faults.map(({ key, reason }) => `tenant.${key} ${reason}`);
  throw new AppError('policy-impossible', 500, sentences.join('; '));
}

/** All that people do here: sign in, set up, and find their way back in. Disposing waits for what is being told. */
export function composePeople(parts: PeopleParts) {
  const { config, durable, volatile, courier, queue, hasher, texts, trail, clock, log } = parts;
  const { tenant: settings, password, unsafe } = config;
  const { reportHref } = composeMailLinks({ durable, clock });
  const validation = composeYubico({ config, log });
  const sends = { courier, queue, reportHref };
  const secondStep = composeSecondStep({
    ...{ durable, volatile, validation, hasher, texts, clock, log },
    ...{ ...sends, events: createSystemEvents(trail) },
  });
  refuseFaults(policyFaults(settings, secondStep.methods));
  if (settings.firstSignIn.asks !== 'nothing' && !courier.channels.includes('email')) {
    log.warn('messaging.mail.url is not set: people are asked for an e-mail address that they can not prove');
  }
  const { breachedUrl: url } = password;
  const breached =
    url === undefined
      ? undefined
      : createBreachedPasswords({ url, allowPrivate: unsafe.plainHttp, log, clock });
  const { notices } = secondStep;
  const tell = composeTellLogout(parts);
  const sessions = composeSessions({ config, volatile, tell });
  const ways = composeRecovery({ ...parts, sessions, notices, breached });
  queue.handle(RECOVERY_KIND, ways.handler);
  return {
    secondStep,
    rules: composeSignIn({ durable, volatile, secondStep, hasher, trail, clock, log }),
    recovery: ways.recovery,
    invite: ways.invite,
    judgeNewPassword: ways.judgeNewPassword,
    ...{ sessions, tell },
    [Symbol.asyncDispose]: () => secondStep[Symbol.asyncDispose](),
  };
}
