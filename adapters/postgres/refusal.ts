import { AppError } from '#src/errors.ts';

/** SQLSTATE 28…: invalid authorization. */
const SIGN_ON = /^28/;
/** SQLSTATE 3D000: no such database; 42501: no right to connect to it. */
const NO_DATABASE = '3D000';
const NO_RIGHT = '42501';

/** What Node says of a certificate that it does not believe. */
const CERTIFICATE = /^(ERR_TLS_\w+|\w*CERT\w*|\w*SIGNATURE\w*|UNABLE_TO_\w+|HOSTNAME_MISMATCH)$/;
/** What pg says when the server has no TLS at all; it carries no code. */
const NO_TLS = /does not support SSL/i;

/**
 * Why this failure to reach Postgres would be the same after any wait, as a sentence without its subject; undefined
 * when the server may yet answer. Takes the driver's error or the AppError around it.
 */
export function postgresRefusal(failure: unknown): string | undefined {
  const cause = failure instanceof AppError ? failure.cause : failure;
  if (!(cause instanceof Error)) return undefined;
  if (NO_TLS.test(cause.message)) return 'speaks no TLS';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if ('severity' in cause) {
    if (SIGN_ON.test(code)) return `refuses the user or its password (${code})`;
    if (code === NO_DATABASE) return `has no database of that name (${code})`;
    if (code === NO_RIGHT) return `does not let this user in (${code})`;
    return undefined;
  }
  if (CERTIFICATE.test(code)) return `shows a certificate that does not verify (${code})`;
  if (code === 'ENOENT' && 'syscall' in cause && cause.syscall === 'open') {
    return 'can not be asked: a certificate file of its address is not there';
  }
  return undefined;
}
