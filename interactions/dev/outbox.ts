import Router from 'koa-router';
import type { Message } from '#src/message/ports.ts';
import type { RequestContext } from '#src/request-context.ts';
import type { Frames } from '../frame.ts';
import { outboxPage } from './outbox.view.ts';

export interface OutboxParts {
  outbox: { messages(): readonly Message[] };
  frames: Frames;
}

/** The trial's letterbox as a page for people and as JSON for programs, newest first. */
export function createOutboxRoutes({ outbox, frames }: OutboxParts) {
  const router = new Router<RequestContext>();
  router.get('/dev/outbox', (ctx) => {
    const frame = frames({ req: ctx.req, context: ctx.state, back: '/dev/outbox' });
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'html';
    ctx.body = outboxPage(frame, { messages: outbox.messages(), refreshHref: '/dev/outbox' });
  });
  router.get('/dev/outbox.json', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = outbox.messages().map((message) => ({ ...message, at: new Date(message.at).toISOString() }));
  });
  return router.routes();
}
