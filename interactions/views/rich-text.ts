import type { T, TextKey } from '../i18n.ts';
import { html, type Markup } from './markup.ts';

/* Private-use characters (U+E000, U+E001) fence a place in a text: no language file and no keyboard has them. */
const open = '\u{e000}';
const close = '\u{e001}';

/**
 * A text whose {{variables}} are markup, such as a link inside a sentence. Everything else is escaped; texts that
 * people typed go in as markup too, made by `html`.
 */
export function richText(t: T, key: TextKey, pieces: Readonly<Record<string, Markup>>): Markup {
  const fenced = Object.fromEntries(Object.keys(pieces).map((name) => [name, `${open}${name}${close}`]));
  const parts = t(key, fenced).split(open);
  return html`${parts.map((part, index) => {
    const [name, ...rest] = index === 0 ? ['', part] : part.split(close);
    return html`${pieces[name ?? '']}${rest.join('')}`;
  })}`;
}
