import { createInstance } from 'i18next';
import type { Locale } from '#src/account/account.ts';
import en from './locales/en.json' with { type: 'json' };
import nl from './locales/nl.json' with { type: 'json' };

const languages = { nl, en } satisfies Record<Locale, typeof nl>;

/** Every language a page can be shown in, in the order of the language switch. */
export const locales = ['nl', 'en'] as const satisfies readonly Locale[];

type Keys<Branch, Path extends string = ''> = {
  [Key in keyof Branch & string]: Branch[Key] extends string
    ? `${Path}${Key}`
    : Keys<Branch[Key], `${Path}${Key}.`>;
}[keyof Branch & string];

/** Name of one text, as a dotted path into the language files. */
export type TextKey = Keys<typeof nl>;

/** What fills the {{variables}} of a text. */
export type TextValues = Readonly<Record<string, string | number>>;

/** One language's texts. Returns plain text: the views escape it (house rule: one escape, at the edge). */
export type T = (key: TextKey, values?: TextValues) => string;

/** The texts of every language. */
export interface Texts {
  for(locale: Locale): T;
}

/** A language file as flat pairs of dotted key and text. */
export function flatten(branch: object, path = ''): [key: string, text: string][] {
  return Object.entries(branch).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' && value !== null
      ? flatten(value, `${path}${key}.`)
      : [[`${path}${key}`, String(value)]],
  );
}

const known: ReadonlySet<string> = new Set(flatten(nl).map(([key]) => key));

/** Whether the language files have this text. */
export function isTextKey(key: string): key is TextKey {
  return known.has(key);
}

/** A key put together at run time (a method names its own texts). An unknown one is a bug and throws. */
export function textKey(key: string): TextKey {
  if (!isTextKey(key)) throw new Error(`no text called ${key}`);
  return key;
}

/** A language's name in that language. */
export function languageName(locale: Locale): string {
  return languages[locale].language.name;
}

/** The texts of the bundled language files, ready to use; keeps no state outside itself. */
export function createTexts(): Texts {
  const instance = createInstance({
    resources: { nl: { translation: nl }, en: { translation: en } },
    fallbackLng: false,
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  void instance.init();
  const byLocale: Record<Locale, T> = {
    nl: (key, values) => instance.t(key, { lng: 'nl', replace: { ...values } }),
    en: (key, values) => instance.t(key, { lng: 'en', replace: { ...values } }),
  };
  return { for: (locale) => byLocale[locale] };
}

function matching(tag: string): Locale | undefined {
  const [language] = tag.trim().toLowerCase().split('-');
  return locales.find((locale) => locale === language);
}

/** Accept-Language in the order the browser prefers (RFC 9110 §12.5.4); q=0 means "not this one". */
function acceptedTags(header: string): string[] {
  return header
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';');
      const weight = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('q='));
      return { tag, quality: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** What may say which language a person reads. Every one may be absent or nonsense. */
export interface LanguageWishes {
  /** `ui_locales` of the authorization request (OIDC Core §3.1.2.1): tags separated by spaces. */
  uiLocales?: string | undefined;
  /** What the person chose with the language switch. */
  cookie?: string | undefined;
  /** Accept-Language header. */
  acceptLanguage?: string | undefined;
  fallback: Locale;
}

/**
 * The language to show: the person's own choice first (else the language switch would do nothing for somebody
 * whose application sends `ui_locales`), then the application's wish, the browser's, the tenant's.
 */
export function negotiateLocale({ uiLocales, cookie, acceptLanguage, fallback }: LanguageWishes): Locale {
  const tags = [cookie ?? '', ...(uiLocales ?? '').split(' '), ...acceptedTags(acceptLanguage ?? '')];
  for (const tag of tags) {
    const locale = matching(tag);
    if (locale !== undefined) return locale;
  }
  return fallback;
}
