import type { AccountId } from '#src/account/account.ts';
import type { TenantId } from '#src/tenant/tenant.ts';

/** How far a person's first sign-in got, beside the methods that were set up (R16). */
export interface EnrolmentRecord {
  /** Pages of methods that were skipped. */
  skipped: readonly string[];
  /** When all of it was done; milliseconds since the epoch. */
  finishedAt: number | undefined;
  /** Id of the last backup code ever made, used or not; undefined for none. */
  backupCode: string | undefined;
  /** Whether that code still works. */
  backupCodeWorks: boolean;
  /** Whether the page of question and e-mail was ever saved: it is shown once (R15). */
  askedQuestion: boolean;
}

/** The record of a person nothing is known of. */
export const NOTHING_KNOWN: EnrolmentRecord = {
  skipped: [],
  finishedAt: undefined,
  backupCode: undefined,
  backupCodeWorks: false,
  askedQuestion: false,
};

/** A security question with its answer, as it is kept. */
export interface SecurityQuestion {
  /** Key of the question in the tenant's list. */
  key: string;
  /** The question as the person read it, should the list change. */
  text: string;
  /** argon2id over a keyed digest of the normalised answer (peppered). */
  answerHash: string;
}

/** Where the course of first sign-ins is kept. */
export interface EnrolmentStore {
  /** One query. A person nothing is known of has the record NOTHING_KNOWN. */
  load(tenantId: TenantId, accountId: AccountId): Promise<EnrolmentRecord>;
  /** Remembers that a page was skipped. */
  skip(tenantId: TenantId, accountId: AccountId, page: string): Promise<void>;
  /**
   * Keeps what the page `Eerste inlog` asks, all or nothing: the question (absent where the tenant has none) and the
   * e-mail address, which stays proved only when it is the proved one already (compared by `comparableEmail`).
   * Marks the page as asked.
   */
  saveFirstSignIn(
    tenantId: TenantId,
    accountId: AccountId,
    saved: { question: SecurityQuestion | undefined; email: string | undefined },
    at: number,
  ): Promise<void>;
  /** Marks all of it as done, for a person who has a factor; for nobody else (a reset came between). */
  finish(tenantId: TenantId, accountId: AccountId, at: number): Promise<void>;
  findQuestion(tenantId: TenantId, accountId: AccountId): Promise<SecurityQuestion | undefined>;
  /** Keeps a question alone, in the place of the one there is: the last one counts. Nothing for nobody. */
  saveQuestion(
    tenantId: TenantId,
    accountId: AccountId,
    question: SecurityQuestion,
    at: number,
  ): Promise<void>;
  /** The address was proved; false when the account has another one by now. */
  proveEmail(tenantId: TenantId, accountId: AccountId, email: string): Promise<boolean>;
  /**
   * Lets the person set up the second step again: removes methods, skips, backup code and the mark of being done,
   * never question or e-mail (R16). In one transaction.
   */
  resetSecondStep(tenantId: TenantId, accountId: AccountId): Promise<void>;
}
