import { AppError } from '#src/errors.ts';

/** SQLSTATE of a privilege that is not there. */
const NO_PRIVILEGE = '42501';

/**
 * Runs what only the owner role may do. For another role throws AppError `internal` with a sentence: it may not do
 * `what`, and which setting names the owner.
 */
export async function asOwner<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === NO_PRIVILEGE)) throw cause;
    const words = `this database role may not ${what}; set DATABASE_MIGRATION_URL to the owner`;
    throw new AppError('internal', 500, words, { cause });
  }
}
