import { enrolStep, nextPage, previousPage } from '#src/enrolment/plan.ts';
import type { FlowAt } from '#src/sign-in/flow-state.ts';
import { pathsOf, problemOf, type Rendering } from '../sign-in/rendering.ts';
import { secondsLeft, sentNotice } from '../sign-in/shown.ts';
import { enrolPage } from './method.view.ts';

/** Which explanation fits a page of methods (R7, R10). */
const topics: Readonly<Record<string, string>> = { sms: 'phone', yubikey: 'yubikey', app: 'app' };

/** Name of that explanation. */
export function topicOf(page: string): string {
  return topics[page] ?? 'second-step';
}

/** A page of methods: what is being set up, and the ways past it that the plan leaves. */
export async function renderEnrol(flow: FlowAt<'enrol'>, parts: Rendering): Promise<string> {
  const { open, reads, now } = parts;
  const { frame, turn, view } = open;
  const { path, to, startOverAction } = pathsOf(parts);
  const { page, plan, sent } = flow;
  const [methods, state] = await Promise.all([reads.enrol(turn, flow), reads.delivery(turn, sent)]);
  const asked = methods.find(({ kind, stage, channels }) => {
    return stage === 'prove' && channels.length > 0 && flow.pending[kind] !== undefined;
  });
  const required = plan.required.includes(page) && !plan.done.includes(page);
  const demanded = required && plan.demand === 'set-up';
  const last = nextPage(plan, page) === undefined;
  return enrolPage(frame, {
    page,
    action: to('enrol'),
    methods,
    problem: problemOf(flow.problem, parts),
    note: flow.works ? (last ? 'works-last' : 'works') : undefined,
    ways: plan.done.length,
    demandedBy: demanded ? view.clientName : undefined,
    progress: reads.progress(plan, enrolStep(page)),
    skipAction: required && !demanded ? undefined : to('skip'),
    skipRefusedWhy: required && !demanded ? 'required' : undefined,
    backAction: previousPage(plan, page) === undefined ? undefined : to('back'),
    renewAction: methods.some(({ renews }) => renews) ? to('enrol/renew') : undefined,
    changeAction: asked === undefined ? undefined : to('enrol/renew'),
    resend:
      asked === undefined || sent === undefined
        ? undefined
        : { action: to('enrol/send'), channels: asked.channels, waitSeconds: secondsLeft(sent.againAt, now) },
    sent: sentNotice(sent, state, path),
    explanationHref: to(`explanation/${topicOf(page)}`),
    optionsAction: to('passkey-options'),
    startOverAction,
  });
}
