import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** A country as people know it: "Nederland (+31)"; undefined for one that has no numbers. */
function countryName(country: string, names: Intl.DisplayNames): string | undefined {
  if (!isSupportedCountry(country)) return undefined;
  return `${names.of(country) ?? country} (+${getCountryCallingCode(country)})`;
}

/* English says "from the Netherlands", where the list of names has it without. */
const withArticle = new Set(['GB', 'NL', 'US']);

/** Under the field for a phone number: which countries' numbers get codes, and how to type a foreign one. */
export function countryHelp({ t, locale, tenant }: PageFrame): Markup {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const [usual, ...others] = tenant.phone.countries.flatMap((country) => countryName(country, names) ?? []);
  const article =
    locale === 'en' && tenant.phone.countries.some((name) => withArticle.has(name)) ? 'the ' : '';
  if (others.length === 0)
    return html`<p class="country">${t('enrol.country')}: ${t('enrol.oneCountry', { country: `${article}${usual ?? ''}` })}</p>`;
  return html`<details class="country"><summary id="country">${t('enrol.country')}</summary>
<p>${t('enrol.countryHelp')}</p>
<p>${[usual, ...others.toSorted((a = '', b = '') => a.localeCompare(b, locale))].join(' · ')}</p></details>`;
}
