import type { Config } from '#config/settings.ts';
import type { TenantSettings } from '#config/tenant.ts';
import type { Account, AccountId } from '#src/account/account.ts';
import type { PasswordRules } from '#src/account/password-rules.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { AuditReading, AuditTrail } from '#src/audit/ports.ts';
import type { RetainAudit, RetainedTenant, RetainOptions } from '#src/audit/retain.ts';
import type { VerifyAudit } from '#src/audit/verify.ts';
import type { Clock } from '#src/clock.ts';
import type { PolicyFault } from '#src/enrolment/policy.ts';
import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import type { LaneStore, ThrottleStore } from '#src/lockout/ports.ts';
import type { NoticeKind } from '#src/message/notices.ts';
import type { QueueStore } from '#src/message/queue-ports.ts';
import type { OperatorEvents } from '#src/operator-events.ts';
import type { KeyOperations } from '#src/provider/key-operations.ts';
import type { ClientMetadata, ClientStore } from '#src/provider/ports.ts';
import type { InviteOutcome } from '#src/recovery/invite.ts';
import type { MailLinkStore } from '#src/recovery/ports.ts';
import type { Digester, PasswordHasher } from '#src/secret/ports.ts';
import type { Reseal, ResealOptions, ResealSummary } from '#src/secret/reseal.ts';
import type { FactorStore } from '#src/sign-in/ports.ts';
import type { TenantStore } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** What is known of one person, and what helps somebody who can't get in. */
export interface PersonOperations {
  factors: Pick<FactorStore, 'list' | 'countAccounts'>;
  enrolments: Pick<EnrolmentStore, 'load' | 'findQuestion' | 'resetSecondStep'>;
  lanes: Pick<LaneStore, 'list' | 'unblock'>;
  links: Pick<MailLinkStore, 'invitation'>;
  throttle: Pick<ThrottleStore, 'read' | 'settle'>;
  /** What was sent to them. */
  messages: Pick<QueueStore, 'ofAccount'>;
  digester: Pick<Digester, 'digest'>;
  /** Kinds of every second step of this installation. */
  methodKinds(): Promise<readonly string[]>;
  /** Whether mail leaves this installation at all. */
  sendsMail: boolean;
  /** Puts an invitation in the queue; the link of the one before ends. */
  invite(account: Account): Promise<InviteOutcome>;
  /** Puts a notice in the queue; settles when it is there. Never rejects: what went wrong is in the log. */
  tell(accountId: AccountId, what: NoticeKind): Promise<void>;
}

/** Everything that operators' commands do to the stores, opened for one tenant. Disposing closes what it opened. */
export interface Operations extends AsyncDisposable {
  tenant: Tenant;
  /** The configuration's: what is about the whole installation is recorded with it. */
  home: Tenant;
  tenants: TenantStore;
  /** Whether a tenant's issuer may be http (`unsafe.plainHttp`). */
  plainHttp: boolean;
  /** What this installation could not keep of a tenant's settings. */
  policyFaults(settings: TenantSettings): Promise<PolicyFault[]>;
  /** The same stores for another tenant; what opened the stores still closes them. */
  forTenant(tenant: Tenant): Operations;
  accounts: AccountStore;
  /** Clients that operators registered. */
  people: PersonOperations;
  /** What was written of everybody. */
  audit: AuditReading;
  events: OperatorEvents;
  /** Waits until what was recorded under a reference is kept. */
  trail: Pick<AuditTrail, 'settled'>;
  /** Checks the log of one tenant against its seals. */
  verifyAudit: VerifyAudit;
  /** Of every tenant: forgets what is older than it keeps. On a server this needs the owner's role. */
  retain: RetainAudit;
  clients: ClientStore;
  /** Clients from the configuration, without their secrets: shown, but not changed from here. */
  configuredClients: readonly ClientMetadata[];
  /** Of every tenant and of the installation. */
  keys: KeyOperations;
  /** Of every tenant and of the installation: what the master key sealed. */
  reseal: Reseal;
  hasher: PasswordHasher;
  passwordRules: PasswordRules;
  /** Ends every session and grant of an account, and has applications told of it; says how many there were. */
  endAccount(accountId: AccountId): Promise<{ sessions: number; grants: number }>;
  clock: Clock;
}

/** One migration on its way: `position` of `total`, counted from 1; `ms` since it began. */
export interface MigrationStep {
  state: 'started' | 'done';
  name: string;
  position: number;
  total: number;
  ms: number;
}

/** How many migrations ran now, how many had run before, and how long it took in milliseconds. */
export interface MigrationOutcome {
  applied: number;
  already: number;
  ms: number;
}

/** A process that holds a data folder, and where it takes commands. */
export interface RunningHolder {
  pid: number;
  socket: string;
}

/**
 * What the composition root gives to the command line. `open` and `migrate` throw AppErrors whose messages are
 * sentences for operators (`data-in-use`, `schema-behind`, `store-unavailable` …).
 */
export interface CommandHouse {
  open(config: Config): Promise<Operations>;
  migrate(config: Config, onProgress: (step: MigrationStep) => void): Promise<MigrationOutcome>;
  /** With the owner's role, like `migrate`. */
  reseal(config: Config, options: ResealOptions): Promise<ResealSummary>;
  /** Likewise. */
  retain(config: Config, options: RetainOptions): Promise<RetainedTenant[]>;
  /** The process that holds this data folder now; undefined when none does. */
  findHolder(dataDir: string): Promise<RunningHolder | undefined>;
}
