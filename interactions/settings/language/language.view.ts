import type { Locale } from '#src/account/account.ts';
import { languageName, locales } from '../../i18n.ts';
import { choiceForm } from '../../views/choice.ts';
import { html } from '../../views/markup.ts';
import { type DrawnVisit, settingsPage, upToOverview } from '../settings-page.ts';

export interface LanguagePage {
  /** Where `locale` is posted. */
  action: string;
  /** The language that messages come in. */
  now: Locale;
}

/** Every language by its own name, so that it is found by who can't read the page. One press chooses. */
export function languagePage(visit: DrawnVisit, { action, now }: LanguagePage): string {
  const { frame, stamp } = visit;
  const { t } = frame;
  const choices = locales.map((locale) =>
    choiceForm(frame, {
      ...{ id: `choose-${locale}`, action, icon: locale === now ? 'check' : 'message' },
      label: languageName(locale),
      note: locale === now ? t('settings.language.now') : undefined,
      ...{ name: 'locale', value: locale, hidden: { name: 'stamp', value: stamp } },
    }),
  );
  return settingsPage(visit, {
    step: 'settings-language',
    title: t('settings.language.title'),
    icon: 'message',
    up: upToOverview(visit),
    scripts: ['busy-button'],
    body: html`<p class="lead">${t('settings.language.lead')}</p>
<div class="choices">${choices}</div>`,
  });
}
