import type { Context } from 'koa';
import type { Visitor, Visitors } from '../http/visitor.ts';
import type { Html } from './html.ts';
import { drawPage, MENU, type Shell, type Step } from './layout.ts';

/** Name, title and content of a page, for this visitor. */
export type Content = (visitor: Visitor) => { step: Step; title: string; body: Html };

/** Answers with a whole page. */
export type Draw = (ctx: Context, status: number, content: Content) => Promise<void>;

/** Makes the one function that turns content into an answer. */
export function createDraw(shell: Shell, visitors: Visitors): Draw {
  return async (ctx, status, content) => {
    const visitor = visitors.of(ctx);
    // Switching language leads back to the page itself, but only where a GET shows it again.
    const path = status === 200 && isPage(ctx.path) ? ctx.path : '';
    const page = await drawPage(shell, { visitor, path, ...content(visitor) });
    ctx.status = status;
    ctx.type = 'html';
    ctx.body = page.toString();
  };
}

function isPage(path: string): boolean {
  return path === '/signed-out' || MENU.some((item) => item.path === path);
}
