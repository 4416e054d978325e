import { AppError } from '#src/errors.ts';

/** References with something that could not be kept and that nobody asked about since; the oldest are forgotten. */
const MOST_FAILED = 10_000;

/** What is known of one reference while something is under way. */
interface Account {
  /** Records under way. */
  open: number;
  failed: boolean;
  waiting: { resolve(): void; reject(failure: unknown): void }[];
}

function notKept(): AppError {
  return new AppError('store-unavailable', 503, 'the audit log could not be written');
}

/**
 * Which references have records under way, and which lost one. What is kept is forgotten at once; what is lost, as
 * soon as it was told: a later request under the same reference begins anew.
 */
export function createSettlement() {
  const accounts = new Map<string, Account>();
  const failed = new Set<string>();

  const end = (reference: string, account: Account): void => {
    accounts.delete(reference);
    if (!account.failed) return;
    failed.delete(reference);
    if (account.waiting.length === 0) {
      failed.add(reference);
      const [oldest] = failed;
      if (failed.size > MOST_FAILED && oldest !== undefined) failed.delete(oldest);
    }
  };

  const begun = (reference: string): void => {
    const account = accounts.get(reference) ?? { open: 0, failed: false, waiting: [] };
    accounts.set(reference, account);
    account.open += 1;
  };
  const ended = (reference: string, kept: boolean): void => {
    const account = accounts.get(reference);
    if (account === undefined) return;
    account.open -= 1;
    account.failed ||= !kept;
    if (account.open > 0) return;
    end(reference, account);
    for (const { resolve, reject } of account.waiting) {
      if (account.failed) reject(notKept());
      else resolve();
    }
  };

  return {
    begun,
    ended,
    /** Something was lost that never was under way. */
    lost(reference: string): void {
      begun(reference);
      ended(reference, false);
    },

    async settled(reference: string): Promise<void> {
      const account = accounts.get(reference);
      if (account !== undefined) {
        await new Promise<void>((resolve, reject) => account.waiting.push({ resolve, reject }));
      }
      if (failed.delete(reference)) throw notKept();
    },
  };
}
