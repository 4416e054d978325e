import { createAssets } from '#interactions/http/assets.ts';
import { createTexts } from '#interactions/i18n.ts';
import type { PageFrame } from '#interactions/views/page.ts';
import { sampleTenant } from '../../support/gallery-pages.ts';

const texts = createTexts();
const assets = createAssets();

/** A frame as a request would make it, with what a test wants different. */
export function frameOf(changes: Partial<PageFrame> = {}): PageFrame {
  const locale = changes.locale ?? 'nl';
  return {
    tenant: sampleTenant,
    locale,
    t: texts.for(locale),
    languageAction: '/language',
    back: '/interaction/abc',
    assets: assets.paths,
    ...changes,
  };
}
