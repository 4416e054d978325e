/**
 * Codes of failures that are ours (house rule: errors, kind b). They are stable: operators search for them in
 * logs, tests assert on them, and the error page chooses its words by them.
 */
export type AppErrorCode =
  | 'hash-queue-full'
  | 'store-unavailable'
  | 'store-refused'
  | 'seal-broken'
  | 'unknown-host'
  | 'cross-site-post'
  | 'malformed-form'
  | 'schema-behind'
  | 'schema-ahead'
  | 'data-in-use'
  | 'data-not-writable'
  | 'port-in-use'
  | 'tenant-mismatch'
  | 'tenant-unfit'
  | 'policy-impossible'
  | 'flow-conflict'
  | 'outbound-refused'
  | 'not-found'
  | 'internal';

/** Seconds after which to try again when a failure that passes (503) names no time of its own. */
const RETRY_AFTER = 5;

/** What an AppError may carry beside its text. `retryAfter` is in seconds and becomes the Retry-After header. */
export interface AppErrorOptions {
  cause?: unknown;
  retryAfter?: number;
}

/**
 * A failure of ours with a stable code and the HTTP status it becomes. `message` is for the operator's log and
 * never reaches a person; the page's words come from the locales by `code`.
 */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  /** Twin of `status` under the name that koa and oidc-provider read. */
  readonly statusCode: number;

  constructor(code: AppErrorCode, status: number, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = status;
    this.statusCode = status;
    this.retryAfter = options.retryAfter ?? (status === 503 ? RETRY_AFTER : undefined);
  }
}
