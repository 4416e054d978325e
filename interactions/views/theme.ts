import type { TenantSettings } from '#config/tenant.ts';

/** The colours a tenant may set; an absent one keeps the product's own. */
export type Theme = TenantSettings['theme'];

/* The soft surfaces of style.css, light and dark: a link readable there is readable on the whole card. */
const lightSurface = '#f2f5f8';
const darkSurface = '#212d3a';
const lightInk = '#ffffff';
const darkInk = '#0f1a24';
const readable = 4.5;

const colourPattern = /^#[0-9a-f]{6}$/i;

type Rgb = readonly [red: number, green: number, blue: number];

function channels(colour: string): Rgb {
  const at = (start: number) => Number.parseInt(colour.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Contrast of two colours (#rrggbb), 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** A colour with `share` (0 to 1) of another mixed in. */
function mix(colour: string, into: string, share: number): string {
  const target = channels(into);
  const mixed = channels(colour).map((value, index) => {
    const channel = Math.round(value + ((target[index] ?? 0) - value) * share);
    return channel.toString(16).padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** The colour itself when it is readable against `against`, else moved towards `towards` just until it is. */
function untilReadable(colour: string, against: string, towards: string): string {
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, towards, share);
    if (contrast(candidate, against) >= readable) return candidate;
  }
  return towards;
}

function buttonText(accent: string, wished: string | undefined): string {
  if (wished !== undefined && contrast(wished, accent) >= readable) return wished;
  return contrast(lightInk, accent) >= contrast(darkInk, accent) ? lightInk : darkInk;
}

function accentTokens(accent: string, wished: string | undefined): string[] {
  const text = buttonText(accent, wished);
  const away = luminance(text) > luminance(accent) ? '#000000' : '#ffffff';
  const readableAccent = untilReadable(accent, text, away);
  return [
    `--accent:${readableAccent}`,
    `--accent-strong:${mix(readableAccent, away, 0.18)}`,
    `--accent-text:${text}`,
  ];
}

/**
 * The stylesheet of one tenant's colours. Whatever a tenant chooses, texts stay readable (WCAG 1.4.3): a backdrop
 * too light for the light letters on it is darkened (R3), a text unreadable on its button is replaced, and links
 * take the nearest readable shade of the accent on the light and on the dark card. Values are colours by schema;
 * anything else is left out, so that no text of a tenant can become CSS.
 */
export function themeStylesheet(theme: Theme): string {
  const valid = (colour: string | undefined) =>
    colour !== undefined && colourPattern.test(colour) ? colour.toLowerCase() : undefined;
  const backdrop = valid(theme.backdrop);
  const accent = valid(theme.accent);
  const light: string[] = [];
  const dark: string[] = [];
  if (backdrop !== undefined) {
    const deep = untilReadable(backdrop, lightInk, '#000000');
    light.push(`--backdrop:${deep}`);
    dark.push(`--backdrop:${mix(deep, '#000000', 0.45)}`);
  }
  if (accent !== undefined) {
    light.push(...accentTokens(accent, valid(theme.accentText)));
    light.push(`--link:${untilReadable(accent, lightSurface, '#000000')}`);
    dark.push(`--link:${untilReadable(accent, darkSurface, '#ffffff')}`);
  }
  if (light.length === 0) return '';
  return `:root{${light.join(';')}}@media (prefers-color-scheme:dark){:root{${dark.join(';')}}}`;
}

/** Where the stylesheet of these colours is served: the colours are the address, so it may be cached for good. */
export function themePath(theme: Theme): string | undefined {
  const query = new URLSearchParams();
  for (const name of ['backdrop', 'accent', 'accentText'] as const) {
    const colour = theme[name];
    if (colour !== undefined && colourPattern.test(colour)) query.set(name, colour.slice(1).toLowerCase());
  }
  return query.has('backdrop') || query.has('accent') ? `/assets/theme.css?${query}` : undefined;
}

/** The colours named by such an address's query; what is no colour is left out. */
export function themeFromQuery(query: URLSearchParams): Theme {
  const colour = (name: string) => {
    const value = `#${query.get(name) ?? ''}`;
    return colourPattern.test(value) ? value : undefined;
  };
  return { backdrop: colour('backdrop'), accent: colour('accent'), accentText: colour('accentText') };
}
