import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '#src/request-context.ts';
import type { AssetPaths } from './http/assets.ts';
import { localeOf } from './http/language.ts';
import type { Texts } from './i18n.ts';
import type { PageFrame } from './views/page.ts';

/** Where the language switch of every page posts to. */
export const LANGUAGE_PATH = '/language';

export interface FrameParts {
  texts: Texts;
  assets: AssetPaths;
}

/** What a frame is made for. `back` is this page's own path; `uiLocales` the application's wish. */
export interface FrameRequest {
  req: IncomingMessage;
  context: RequestContext;
  back: string;
  uiLocales?: string | undefined;
}

/** Makes the frame of one request's pages: the tenant's look, the person's language. */
export function createFrames({ texts, assets }: FrameParts) {
  return ({ req, context, back, uiLocales }: FrameRequest): PageFrame => {
    const { settings } = context.tenant;
    const locale = localeOf(req, settings.defaultLocale, uiLocales);
    return { tenant: settings, locale, t: texts.for(locale), languageAction: LANGUAGE_PATH, back, assets };
  };
}

export type Frames = ReturnType<typeof createFrames>;
