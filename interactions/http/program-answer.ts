import type { Context } from 'koa';

/** Endpoints that programs ask. They mostly take anything, which is no wish for a page. */
const FOR_PROGRAMS = /^\/(?:token|request|me|jwks|\.well-known)(?:\/|$)/;

const UNAVAILABLE = 503;
const OURS = 500;

/** Whether a failure is told to a program: by Accept, and where that takes anything, by the endpoint. */
export function isForProgram(ctx: Context): boolean {
  const preferred = FOR_PROGRAMS.test(ctx.path) ? ['json', 'html'] : ['html', 'json'];
  return ctx.accepts(...preferred) === 'json';
}

/**
 * What a program is told: OAuth's word for a failure of ours (RFC 6749 §4.1.2.1), as the protocol's own endpoints say it,
 * else the code; and the number that the log has too (R25).
 */
export function answerForProgram(status: number, { code, reference }: { code: string; reference: string }) {
  const ours = status === UNAVAILABLE ? 'temporarily_unavailable' : 'server_error';
  return { error: status < OURS ? code : ours, reference };
}
