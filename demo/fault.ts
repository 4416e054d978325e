import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

/**
 * Why a sign-in or a renewal did not work, as far as a person must know. `cancelled`: they stopped; `refused`: the
 * provider said no; `expired`: too late or used before; `mismatch`: the answer is not to this question;
 * `unreachable`: no usable answer at all.
 */
export type Fault = 'cancelled' | 'refused' | 'expired' | 'mismatch' | 'unreachable';

const UNREACHABLE_CODES = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);
const TROUBLE_AT_PROVIDER = new Set(['server_error', 'temporarily_unavailable']);

/** Sorts what openid-client throws; undefined for what is no protocol failure but a bug of ours. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof AuthorizationResponseError) {
    if (error.error === 'access_denied') return 'cancelled';
    return TROUBLE_AT_PROVIDER.has(error.error) ? 'unreachable' : 'refused';
  }
  if (error instanceof ResponseBodyError) {
    if (error.error === 'invalid_grant') return 'expired';
    return error.status >= 500 ? 'unreachable' : 'refused';
  }
  if (error instanceof ClientError) {
    return error.code !== undefined && UNREACHABLE_CODES.has(error.code) ? 'unreachable' : 'mismatch';
  }
  // fetch reports every network failure as this one TypeError; other TypeErrors are bugs.
  if (error instanceof TypeError) return error.message === 'fetch failed' ? 'unreachable' : undefined;
  return error instanceof Error && error.name === 'WWWAuthenticateChallengeError' ? 'refused' : undefined;
}
