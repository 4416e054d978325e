import type { Config } from '#config/settings.ts';
import type { TenantSettings } from '#config/tenant.ts';
import type { AccountId } from '#src/account/account.ts';
import type { PasswordRules } from '#src/account/password-rules.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { Clock } from '#src/clock.ts';
import type { PolicyFault } from '#src/enrolment/policy.ts';
import type { KeyOperations } from '#src/provider/key-operations.ts';
import type { ClientMetadata, ClientStore } from '#src/provider/ports.ts';
import type { PasswordHasher } from '#src/secret/ports.ts';
import type { Reseal, ResealOptions, ResealSummary } from '#src/secret/reseal.ts';
import type { TenantStore } from '#src/tenant/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';

/** Everything that operators' commands do to the stores, opened for one tenant. Disposing closes what it opened. */
export interface Operations extends AsyncDisposable {
  tenant: Tenant;
  tenants: TenantStore;
  /** Whether a tenant's issuer may be http (`unsafe.plainHttp`). */
  plainHttp: boolean;
  /** What this installation could not keep of a tenant's settings. */
  policyFaults(settings: TenantSettings): Promise<PolicyFault[]>;
  /** The same stores for another tenant; what opened the stores still closes them. */
  forTenant(tenant: Tenant): Operations;
  accounts: AccountStore;
  /** Clients that operators registered. */
  clients: ClientStore;
  /** Clients from the configuration, without their secrets: shown, but not changed from here. */
  configuredClients: readonly ClientMetadata[];
  /** Of every tenant and of the installation. */
  keys: KeyOperations;
  /** Of every tenant and of the installation: what the master key sealed. */
  reseal: Reseal;
  hasher: PasswordHasher;
  passwordRules: PasswordRules;
  /** Ends every session and grant of an account; says how many there were. */
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
  /** The process that holds this data folder now; undefined when none does. */
  findHolder(dataDir: string): Promise<RunningHolder | undefined>;
}
