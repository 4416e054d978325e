import type { TenantSettings } from '#config/tenant.ts';
import type { Locale } from '#src/account/account.ts';
import type { Mail } from '#src/message/mail.ts';
import type { T } from '../i18n.ts';
import { helpDeskContact, helpDeskText } from '../views/help-desk.ts';
import { html, type Markup } from '../views/markup.ts';
import { contrast } from '../views/theme.ts';

/** Who writes a mail, and in which language. */
export interface MailFrame {
  tenant: TenantSettings;
  locale: Locale;
  t: T;
}

/** A button in a mail. Its address is also written out, for who reads plain text or can't press. */
export interface MailButton {
  href: string;
  label: string;
}

/** One way on, in this order. A mail with several says with `title` what each is for. */
export interface MailWay {
  title?: string | undefined;
  link?: MailButton | undefined;
  /** What the code under it is for. */
  orCode?: string | undefined;
  /** Shown large, to be typed or copied. */
  code?: string | undefined;
}

/** A mail in pieces, from which both its forms are made: so they say the same. */
export interface MailContent extends Omit<MailWay, 'title'> {
  subject: string;
  title: string;
  /** Plain text, a paragraph each. */
  before: readonly string[];
  /** Further ways on, under the mail's own. */
  ways?: readonly MailWay[] | undefined;
  after: readonly string[];
}

const FONT = "'Segoe UI',-apple-system,Roboto,'Helvetica Neue',Arial,sans-serif";
const DIGITS = "ui-monospace,'SF Mono',Menlo,Consolas,monospace";
/** Colours of the product's own look, as in tokens.css: mail programs read no style sheet and no variable. */
const BACKDROP = '#17395c';
const INK = '#16212c';
const SOFT_INK = '#4a5866';
const SOFT = '#f2f5f8';
const LINE = '#d3dbe3';

function wayText({ title, link, orCode, code }: MailWay): string[] {
  const address = link && `${link.label}:\n${link.href}`;
  return [title, address, orCode, code].filter((piece) => piece !== undefined);
}

function textOf({ tenant, locale, t }: MailFrame, content: MailContent): string {
  const { title, before, ways = [], after } = content;
  const hours = tenant.helpDesk.hours?.[locale];
  const help = [
    `${t('help.label')}: ${helpDeskText({ tenant, t })}`,
    ...(hours === undefined ? [] : [hours]),
  ];
  const own = wayText({ ...content, title: undefined });
  const pieces = [title, ...before, ...own, ...ways.flatMap(wayText), ...after];
  return `${[...pieces, [tenant.productName, ...help].join('\n')].join('\n\n')}\n`;
}

const paragraph = (text: string): Markup =>
  html`<p style="margin:0 0 16px;font-size:16px;line-height:24px">${text}</p>`;

/** The code in one piece, so that it can be copied by a double click; only its look spaces it. */
const codeBox = (code: string): Markup =>
  html`<p style="margin:0 0 16px;padding:16px;background:${SOFT};border:1px solid ${LINE};border-radius:8px;font-family:${DIGITS};font-size:32px;line-height:40px;font-weight:600;letter-spacing:6px;text-align:center">${code}</p>`;

const readableOn = (colour: string) =>
  contrast('#ffffff', colour) >= contrast(INK, colour) ? '#ffffff' : INK;

/* The address stands under the button: some mail programs show no buttons, and some people first look where it goes. */
const button = (accent: string, { href, label }: MailButton): Markup =>
  html`<p style="margin:0 0 8px"><a href="${href}" style="display:inline-block;padding:12px 24px;background:${accent};border-radius:8px;font-size:16px;line-height:24px;font-weight:600;color:${readableOn(accent)};text-decoration:none">${label}</a></p>
<p style="margin:0 0 16px;font-size:14px;line-height:20px;color:${SOFT_INK};word-break:break-all"><a href="${href}" style="color:${SOFT_INK}">${href}</a></p>`;

const subtitle = (text: string): Markup =>
  html`<h2 style="margin:24px 0 12px;font-size:18px;line-height:24px;font-weight:600;overflow-wrap:anywhere">${text}</h2>`;

const wayHtml = (accent: string, { title, link, orCode, code }: MailWay): Markup =>
  html`${title !== undefined && subtitle(title)}${link && button(accent, link)}${orCode !== undefined && paragraph(orCode)}${code !== undefined && codeBox(code)}`;

function footer({ tenant, locale, t }: MailFrame): Markup {
  const hours = tenant.helpDesk.hours?.[locale];
  return html`<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid ${LINE};font-size:14px;line-height:20px;color:${SOFT_INK}"><strong>${t('help.label')}</strong>: ${helpDeskContact({ tenant, t })}${hours !== undefined && html`<br>${hours}`}</p>`;
}

/** One column, styles on the elements, no picture and nothing fetched: reads alike everywhere, and tells nobody. */
function htmlOf(frame: MailFrame, content: MailContent): string {
  const { tenant, locale } = frame;
  const { subject, title, before, ways = [], after } = content;
  const backdrop = tenant.theme.backdrop ?? BACKDROP;
  const accent = tenant.theme.accent ?? backdrop;
  const page = html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${subject}</title></head>
<body style="margin:0;padding:0;background:${SOFT};color:${INK};font-family:${FONT}">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="max-width:480px;background:#ffffff;border-top:6px solid ${backdrop};border-radius:8px"><tr><td style="padding:24px;text-align:left">
<p style="margin:0 0 24px;font-size:16px;line-height:24px;color:${SOFT_INK}">${tenant.productName}</p>
<h1 style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:600">${title}</h1>
${before.map(paragraph)}${wayHtml(accent, { ...content, title: undefined })}${ways.map((way) => wayHtml(accent, way))}${after.map(paragraph)}${footer(frame)}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
  return String(page);
}

/** A mail in the tenant's look. */
export function renderMail(frame: MailFrame, content: MailContent): Mail {
  return { subject: content.subject, text: textOf(frame, content), html: htmlOf(frame, content) };
}
