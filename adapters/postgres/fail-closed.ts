import { AppError } from '#src/errors.ts';

/** SQLSTATE classes that mean "not now": connection, sign-on, no such database, conflict, resources, lock, operator, system. */
const OUTAGE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '40', '53', '55', '57', '58']);

/** A server that only reads (a replica after a fail-over) is no store either. */
const READ_ONLY = '25006';

/** What the drivers say when a connection fails; these errors carry no code. */
const DRIVER_WORDS =
  /connection terminated|timeout|queryable|closed|after calling end on the pool|connection error|destroyed|SSL connection/i;

/** System errors, and those of TLS; never Node's own ERR_INVALID_… for a wrong argument, which is a bug. */
const SYSTEM_CODES = /^(E[A-Z0-9]+|ERR_(TLS|SSL)_\w+|\w*CERT\w*|\w*SIGNATURE\w*)$/;

const RETRY_AFTER_SECONDS = 5;

function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (!('code' in error) || typeof error.code !== 'string') {
    return error.name === 'Error' && DRIVER_WORDS.test(error.message);
  }
  if ('severity' in error) return OUTAGE_CLASSES.has(error.code.slice(0, 2)) || error.code === READ_ONLY;
  return SYSTEM_CODES.test(error.code);
}

/**
 * Runs work on the database. When the database can't be reached or can't answer now, throws AppError
 * `store-unavailable` (503, ground rule 2) with the driver's error as its cause; anything else passes as it is.
 */
export async function failClosed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || !isOutage(error)) throw error;
    throw new AppError('store-unavailable', 503, 'the database does not answer', {
      cause: error,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}

/** Gives every method of a store the rule of `failClosed`, so that none can forget it. */
export function failClosedStore<T extends object>(store: T): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => failClosed(async () => Reflect.apply(member, target, given));
    },
  });
}
