import { SECURITY_HEADERS } from '#src/security-headers.ts';
import type { ServerParts } from '#src/server.ts';
import type { Texts } from '../i18n.ts';
import { NEUTRAL_STYLE_SOURCE, neutralErrorPage } from '../views/neutral-error.view.ts';
import { localeOf } from './language.ts';
import { answerForProgram, isForProgram } from './program-answer.ts';

const POLICY = `${SECURITY_HEADERS['Content-Security-Policy']}; style-src ${NEUTRAL_STYLE_SOURCE}`;

/** Answers a request whose tenant could not be found out: a page for people, JSON for programs, by Accept. */
export function createAnswerWithoutTenant(texts: Texts): ServerParts['answerWithoutTenant'] {
  return (ctx, { code, reference }) => {
    if (isForProgram(ctx)) {
      ctx.body = answerForProgram(ctx.status, { code, reference });
      return;
    }
    const locale = localeOf(ctx.req, 'nl');
    const explanation = ctx.status === 503 ? 'error.outage' : 'error.general';
    ctx.set('Content-Security-Policy', POLICY);
    ctx.type = 'html';
    ctx.body = neutralErrorPage({ locale, t: texts.for(locale), explanation, reference });
  };
}
