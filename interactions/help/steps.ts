import { restartAddress } from '#src/tenant/restart.ts';
import type { Frames } from '../frame.ts';
import { type InteractionContext, seeOther, sendPage } from '../sign-in/turn.ts';
import { HELP_PATH, helpHref, signInOf, wayBack } from '../views/help-link.ts';
import type { PageFrame } from '../views/page.ts';
import { type HelpPage, helpListPage, helpTopicPage } from './help.view.ts';
import { type HelpTopic, isHelpTopic } from './topics.ts';

export interface HelpParts {
  frames: Frames;
}

function recoverHref(back: string | undefined): string {
  const uid = signInOf(back);
  return uid === undefined ? '/recover' : `/recover?${new URLSearchParams({ from: uid })}`;
}

/** Handlers of the help pages: they read nothing, keep nothing, and tell the same to everybody, signed in or not. */
export function createHelpSteps({ frames }: HelpParts) {
  const opened = (ctx: InteractionContext, topic?: HelpTopic): { frame: PageFrame; page: HelpPage } => {
    const { lang } = ctx.query;
    const uiLocales = typeof lang === 'string' ? lang : undefined;
    const from = wayBack(ctx.query.back);
    const frame = {
      ...frames({ req: ctx.req, context: ctx.state, back: HELP_PATH, uiLocales }),
      helpBack: from,
    };
    return {
      frame: { ...frame, back: helpHref(frame, topic) },
      page: {
        backHref: from ?? restartAddress(ctx.state.tenant),
        cameFrom: from !== undefined,
        recoverHref: recoverHref(from),
      },
    };
  };
  return {
    list(ctx: InteractionContext): void {
      const { frame, page } = opened(ctx);
      sendPage(ctx, helpListPage(frame, page));
    },
    /** An address that names no topic, of a link grown old, leads to all of them. */
    topic(ctx: InteractionContext): void {
      const { topic = '' } = ctx.params;
      if (isHelpTopic(topic)) {
        const { frame, page } = opened(ctx, topic);
        sendPage(ctx, helpTopicPage(frame, topic, page));
      } else seeOther(ctx, opened(ctx).frame.back);
    },
  };
}
