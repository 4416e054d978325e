import type { RenderedPage } from './pages.ts';

/** The part of an answer that a page is. */
export interface PageAnswer {
  type: string;
  body: unknown;
  set(field: string, value: string): void;
}

/** Answers with a page and the policy that it needs. */
export function sendPage(ctx: PageAnswer, page: RenderedPage): void {
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', page.csp);
  ctx.body = page.html;
}
