import type { IncomingMessage } from 'node:http';
import Router, { type RouterContext } from 'koa-router';
import { z } from 'zod';
import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import type { DeliveryState, DeliveryStore } from '#src/message/ports.ts';
import type { QueueStore } from '#src/message/queue-ports.ts';
import { REPORT_LIFE, type ReportVerifier } from '#src/message/report-verifier.ts';
import type { RequestContext } from '#src/request-context.ts';
import { createSparingLog } from '#src/sparing-log.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import { jsonIn } from '../http/json-text.ts';

export interface MessageBirdWebhookParts {
  /** Checks the signature of what comes in (`composeMessaging`). */
  reports: ReportVerifier;
  deliveries: Pick<DeliveryStore, 'record'>;
  /** Keeps news of what left by the queue for as long as the message itself, for the help desk. */
  queue: Pick<QueueStore, 'report'>;
  /** Remembers the ids of signatures, so that none counts twice on any replica. */
  throttle: Pick<ThrottleStore, 'take'>;
  clock: Clock;
  log: Log;
  events: Pick<SystemEvents, 'messageReported'>;
}

/** Seconds that news of a message is kept: nobody waits for a code longer. */
const KEPT = 3600;

/** No report comes near this size. */
const MOST_BYTES = 65_536;

const SIGNATURE = 'messagebird-signature-jwt';

/** States of text messages and of calls, in MessageBird's words. */
const STATES: ReadonlyMap<string, DeliveryState> = new Map([
  ['scheduled', 'accepted'],
  ['accepted', 'accepted'],
  ['buffered', 'accepted'],
  ['sent', 'accepted'],
  ['calling', 'accepted'],
  ['delivered', 'delivered'],
  ['answered', 'delivered'],
  ['delivery_failed', 'failed'],
  ['expired', 'failed'],
  ['failed', 'failed'],
  ['busy', 'failed'],
  ['machine', 'failed'],
]);

const delivery = z.uuid();
const report = z.looseObject({ status: z.string() });

/** The raw body; undefined when it is longer than any report. */
async function payloadOf(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left half read, it must not end the connection: an answer is still to go out.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a report says, wherever its state stands: in the query, in a form or in JSON. */
function stateIn(query: string, payload: Buffer): DeliveryState | undefined {
  const body = payload.toString();
  const forms = [query, body].map((text) => Object.fromEntries(new URLSearchParams(text)));
  for (const candidate of [...forms, jsonIn(body)]) {
    const read = report.safeParse(candidate);
    if (read.success) return STATES.get(read.data.status);
  }
  return undefined;
}

/**
 * Delivery reports of MessageBird, at `/webhooks/messagebird/<delivery>`. Only what it signed for this very address,
 * just now and once, is recorded, for the tenant of the address; all else gets 401 and a line in the log, at most one a
 * minute for each kind. To be mounted outside the same-origin check: it comes from no page of ours. MessageBird sends
 * most of them as a GET; what it changes is news that it alone can bring.
 */
export function createMessageBirdWebhook(parts: MessageBirdWebhookParts) {
  const { reports, deliveries, queue, throttle, clock, log, events } = parts;
  const record = createSparingLog(log, () => clock.now());

  /** Whether this signature is seen for the first time; remembered for as long as it could be used again. */
  async function isFirst(tenantId: TenantId, id: string): Promise<boolean> {
    const counter = { kind: 'window', key: `delivery-report:${id}`, limit: 1, window: REPORT_LIFE } as const;
    return (await throttle.take(tenantId, [counter], clock.now())).allowed;
  }

  async function receive(ctx: RouterContext<RequestContext>): Promise<void> {
    const { tenant } = ctx.state;
    ctx.set('Cache-Control', 'no-store');
    const refuse = (kind: string, reason: string) => {
      record('warn', kind, `delivery report refused: ${reason}`);
      ctx.status = 401;
      ctx.set('WWW-Authenticate', 'MessageBird-Signature-JWT');
      ctx.body = '';
    };
    const token = ctx.get(SIGNATURE);
    if (token === '') return refuse('report-unsigned', 'it is not signed');
    const payload = await payloadOf(ctx.req);
    if (payload === undefined) return refuse('report-too-large', 'it is longer than any report');
    const url = `${tenant.issuer}${ctx.req.url ?? ''}`;
    const verdict = await reports.verify({ url, payload, token });
    if (!verdict.ok) return refuse('report-forged', verdict.reason);
    if (!(await isFirst(tenant.id, verdict.id))) {
      return refuse('report-replayed', 'it came before');
    }
    const of = delivery.safeParse(ctx.params.delivery);
    const state = stateIn(ctx.querystring, payload);
    ctx.status = 204;
    // Signed, so nobody's attempt at anything: there is no use in having it sent again.
    if (!of.success || state === undefined)
      return record('warn', 'report-unknown', 'delivery report of an unknown kind');
    await deliveries.record(tenant.id, of.data, state, KEPT);
    const known = await queue.report(tenant.id, of.data, state);
    if (state !== 'accepted') {
      const outcome = state === 'delivered' ? 'success' : 'failure';
      events.messageReported(tenant.id, {
        outcome,
        reason: state,
        account: known?.accountId,
        message: of.data,
      });
    }
    log.debug({ tenantId: tenant.id, delivery: of.data, state }, 'delivery report');
  }

  const router = new Router<RequestContext>();
  router.get('/webhooks/messagebird/:delivery', receive);
  router.post('/webhooks/messagebird/:delivery', receive);
  return router.routes();
}
