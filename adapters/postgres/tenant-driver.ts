import { CompiledQuery, type DatabaseConnection, type Driver, type TransactionSettings } from 'kysely';

/** What all drivers of one pool share: the real one, and which tenant each connection was last set to. */
export interface SharedDriver {
  base: Driver;
  /** Readies the real driver once, whoever asks first. */
  ready(): Promise<void>;
  settled: WeakMap<DatabaseConnection, string>;
  /** Whether connections are handed from one client to another between transactions, or may be. */
  pooled(): boolean;
}

interface Loan {
  real: DatabaseConnection;
  /** The setting ends with each transaction, so every query outside of one takes its own. */
  byTransaction: boolean;
  inTransaction: boolean;
}

function setTenant(tenantId: string, { local }: { local: boolean }): CompiledQuery {
  return CompiledQuery.raw(`select set_config('poortwachter.tenant', $1, ${local})`, [tenantId]);
}

/**
 * Hands out connections that work for one tenant. The setting stays on the connection (the price is one short query
 * when a connection passes from one tenant to another, and none as long as it stays), so reads need no transaction.
 *
 * Behind a pooler a setting that stays would be met by whoever is given the server's connection next. There it is
 * made for one transaction at a time, and each query outside of one takes a transaction of its own.
 */
export class TenantDriver implements Driver {
  readonly #shared: SharedDriver;
  readonly #tenantId: string;
  readonly #loans = new WeakMap<DatabaseConnection, Loan>();

  constructor(shared: SharedDriver, tenantId: string) {
    this.#shared = shared;
    this.#tenantId = tenantId;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const { base, ready, pooled } = this.#shared;
    await ready();
    const real = await base.acquireConnection();
    const loan: Loan = { real, byTransaction: pooled(), inTransaction: false };
    if (!loan.byTransaction) await this.#settle(real);
    // An object of its own: Kysely hangs its logging on the connection it is given.
    const lent: DatabaseConnection = {
      executeQuery: (query) =>
        loan.byTransaction && !loan.inTransaction
          ? this.#inItsOwnTransaction(real, () => real.executeQuery(query))
          : real.executeQuery(query),
      streamQuery: () => {
        throw new Error('rows are not streamed here: read them page by page');
      },
    };
    this.#loans.set(lent, loan);
    return lent;
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const loan = this.#loanOf(connection);
    await this.#begin(loan.real, settings, loan.byTransaction);
    loan.inTransaction = true;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const loan = this.#loanOf(connection);
    await this.#shared.base.commitTransaction(loan.real);
    loan.inTransaction = false;
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const loan = this.#loanOf(connection);
    await this.#shared.base.rollbackTransaction(loan.real);
    loan.inTransaction = false;
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#shared.base.releaseConnection(this.#loanOf(connection).real);
  }

  async destroy(): Promise<void> {}

  #loanOf(connection: DatabaseConnection): Loan {
    const loan = this.#loans.get(connection);
    if (loan === undefined) throw new Error('this connection was lent by somebody else');
    return loan;
  }

  /** Sets a connection to this tenant unless it still is; gives it back when that fails. */
  async #settle(real: DatabaseConnection): Promise<void> {
    const { base, settled } = this.#shared;
    if (settled.get(real) === this.#tenantId) return;
    // Forgotten first: a setting that failed half-way leaves a connection that belongs to nobody we know.
    settled.delete(real);
    try {
      await real.executeQuery(setTenant(this.#tenantId, { local: false }));
    } catch (failure) {
      await base.releaseConnection(real);
      throw failure;
    }
    settled.set(real, this.#tenantId);
  }

  async #begin(real: DatabaseConnection, settings: TransactionSettings, local: boolean): Promise<void> {
    const { base } = this.#shared;
    await base.beginTransaction(real, settings);
    if (!local) return;
    try {
      await real.executeQuery(setTenant(this.#tenantId, { local }));
    } catch (failure) {
      // A roll-back that fails has the driver throw the connection away.
      await base.rollbackTransaction(real).catch(() => {});
      throw failure;
    }
  }

  async #inItsOwnTransaction<T>(real: DatabaseConnection, run: () => Promise<T>): Promise<T> {
    const { base } = this.#shared;
    await this.#begin(real, {}, true);
    let result: T;
    try {
      result = await run();
    } catch (failure) {
      await base.rollbackTransaction(real).catch(() => {});
      throw failure;
    }
    await base.commitTransaction(real);
    return result;
  }
}
