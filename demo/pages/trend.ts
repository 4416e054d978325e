import { TREND } from '../sample-data.ts';
import { fill, type Language, type Words } from '../words/language.ts';
import { decimal, monthLetter } from './format.ts';
import { type Html, html } from './html.ts';

const HEIGHT = 96;

/** A bar for each month up to `now`. The sentence under it says the same to whoever does not see the bars. */
export function drawTrend(words: Words, language: Language, now: number): Html {
  const highest = Math.max(...TREND);
  const bars = TREND.map((value, index) => {
    const height = Math.round((value / highest) * HEIGHT);
    const monthsAgo = TREND.length - 1 - index;
    // Not a style: the policy of these pages allows no inline styles, while attributes of SVG are fine.
    return html`<li><svg viewBox="0 0 10 ${HEIGHT}" preserveAspectRatio="none" focusable="false"><rect class="bar${monthsAgo === 0 ? ' now' : ''}" y="${HEIGHT - height}" width="10" height="${height}"/></svg>${monthLetter(now, monthsAgo, language)}</li>`;
  });
  const text = fill(words.overview.trendText, {
    low: decimal(Math.min(...TREND), language),
    high: decimal(highest, language),
  });
  return html`<ol class="trend" aria-hidden="true">${bars}</ol><p class="soft">${text}</p>`;
}
