import { AppError } from '#src/errors.ts';

/** Redis' own words, by the first of them: a wrong user or password, none where one is needed, no right to ask. */
const SIGN_ON = /^(WRONGPASS|NOAUTH|NOPERM)\b|^ERR (AUTH|invalid password)/;
const NO_DATABASE = /^ERR (DB index is out of range|invalid DB index)/;

/** What Node says of a certificate that it does not believe, and of a server that speaks no TLS. */
const CERTIFICATE = /^(ERR_TLS_\w+|\w*CERT\w*|\w*SIGNATURE\w*|UNABLE_TO_\w+|HOSTNAME_MISMATCH)$/;
const NO_TLS = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/;

/** Whether this is what Node says of a certificate that it does not believe. */
export function isOfCertificate(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && CERTIFICATE.test(String(failure.code));
}

/** Causes deep: ours around the driver's around Node's. */
const DEPTH = 4;

function refusalIn(failure: Error): string | undefined {
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  const [word = ''] = failure.message.split(' ');
  if (SIGN_ON.test(failure.message)) return `refuses the user or its password (${word})`;
  if (NO_DATABASE.test(failure.message)) return 'has no database of that number';
  if (NO_TLS.test(code)) return 'speaks no TLS';
  if (isOfCertificate(failure)) return `shows a certificate that does not verify (${code})`;
  return undefined;
}

/**
 * Why this failure to reach Redis would be the same after any wait, as a sentence without its subject; undefined when
 * it may yet answer. Takes the driver's error or the AppError around it.
 */
export function redisRefusal(failure: unknown): string | undefined {
  let at: unknown = failure;
  for (let depth = 0; depth < DEPTH && at instanceof Error; depth += 1) {
    const refusal = at instanceof AppError ? undefined : refusalIn(at);
    if (refusal !== undefined) return refusal;
    at = at.cause;
  }
  return undefined;
}
