import type { Locale } from '#src/account/account.ts';
import type { AccountStore } from '#src/account/ports.ts';
import type { SettingsEvents } from '#src/settings-events.ts';
import type { SettingsTurn } from './turn.ts';

export interface ChangeLanguageParts {
  accounts: Pick<AccountStore, 'changeLocale'>;
  settingsEvents: Pick<SettingsEvents, 'languageChanged'>;
}

/** The language in which a person is written to, and sees pages in a browser that chose none. */
export function createChangeLanguage({ accounts, settingsEvents }: ChangeLanguageParts) {
  return async (at: SettingsTurn, locale: Locale): Promise<void> => {
    const { tenantId, account } = at;
    await accounts.changeLocale(tenantId, account.id, locale);
    settingsEvents.languageChanged(at, { account: account.id, locale });
  };
}

export type ChangeLanguage = ReturnType<typeof createChangeLanguage>;
