import type { TestContext } from 'node:test';
import type { TenantId } from '#src/tenant/tenant.ts';

/** A fresh volatile store for one test, two tenants nobody else uses, and a way to let time pass. */
export interface VolatileBench<S> {
  store: S;
  tenantId: TenantId;
  otherTenantId: TenantId;
  /** Milliseconds since the epoch, as the store sees it. */
  now(): number;
  /** Lets this many milliseconds pass for everything the two tenants keep; a negative number sets the clock back. */
  pass(ms: number): Promise<void>;
}

/** Makes one for the test that asks; what it opened closes with the test. */
export type MakeBench<S> = (t: TestContext) => Promise<VolatileBench<S>>;
