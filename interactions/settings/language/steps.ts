import { z } from 'zod';
import type { ChangeLanguage } from '#src/settings/change-language.ts';
import { keepLanguage } from '../../http/language.ts';
import { locales } from '../../i18n.ts';
import { sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { LANGUAGE_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { languagePage } from './language.view.ts';

export interface LanguageParts {
  changeLanguage: ChangeLanguage;
}

const changeForm = z.strictObject({ locale: z.enum(locales) });

/** The language of a person's pages and messages, in every browser; and of this one from now on. */
export function createLanguageSteps(visits: Visits, { changeLanguage }: LanguageParts) {
  return {
    show: visits.page((ctx, visit) => {
      sendPage(ctx, languagePage(visit, { action: LANGUAGE_PATH, now: visit.turn.account.locale }));
    }),
    submit: visits.form(changeForm, async (ctx, { turn, shared }, { locale }) => {
      await changeLanguage(turn, locale);
      keepLanguage(ctx, turn.tenant, { locale, forNow: shared });
      goOnDone(ctx, 'language');
    }),
  };
}
