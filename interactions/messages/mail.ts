import type { TenantSettings } from '#config/tenant.ts';
import type { Locale } from '#src/account/account.ts';
import type { Mail } from '#src/message/mail.ts';
import type { T } from '../i18n.ts';
import { helpDeskContact, helpDeskText } from '../views/help-desk.ts';
import { html, type Markup } from '../views/markup.ts';

/** Who writes a mail, and in which language. */
export interface MailFrame {
  tenant: TenantSettings;
  locale: Locale;
  t: T;
}

/** A mail in pieces, from which both its forms are made: so they say the same. */
export interface MailContent {
  subject: string;
  title: string;
  /** Plain text, a paragraph each. */
  before: readonly string[];
  /** Shown large, to be typed or copied. */
  code?: string | undefined;
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

function textOf({ tenant, locale, t }: MailFrame, { title, before, code, after }: MailContent): string {
  const hours = tenant.helpDesk.hours?.[locale];
  const help = [
    `${t('help.label')}: ${helpDeskText({ tenant, t })}`,
    ...(hours === undefined ? [] : [hours]),
  ];
  const pieces = [title, ...before, ...(code === undefined ? [] : [code]), ...after];
  return `${[...pieces, [tenant.productName, ...help].join('\n')].join('\n\n')}\n`;
}

const paragraph = (text: string): Markup =>
  html`<p style="margin:0 0 16px;font-size:16px;line-height:24px">${text}</p>`;

/** The code in one piece, so that it can be copied by a double click; only its look spaces it. */
const codeBox = (code: string): Markup =>
  html`<p style="margin:0 0 16px;padding:16px;background:${SOFT};border:1px solid ${LINE};border-radius:8px;font-family:${DIGITS};font-size:32px;line-height:40px;font-weight:600;letter-spacing:6px;text-align:center">${code}</p>`;

function footer({ tenant, locale, t }: MailFrame): Markup {
  const hours = tenant.helpDesk.hours?.[locale];
  return html`<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid ${LINE};font-size:14px;line-height:20px;color:${SOFT_INK}"><strong>${t('help.label')}</strong>: ${helpDeskContact({ tenant, t })}${hours !== undefined && html`<br>${hours}`}</p>`;
}

/** One column, styles on the elements, no picture and nothing fetched: reads alike everywhere, and tells nobody. */
function htmlOf(frame: MailFrame, { subject, title, before, code, after }: MailContent): string {
  const { tenant, locale } = frame;
  const accent = tenant.theme.backdrop ?? BACKDROP;
  const page = html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${subject}</title></head>
<body style="margin:0;padding:0;background:${SOFT};color:${INK};font-family:${FONT}">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="max-width:480px;background:#ffffff;border-top:6px solid ${accent};border-radius:8px"><tr><td style="padding:24px;text-align:left">
<p style="margin:0 0 24px;font-size:16px;line-height:24px;color:${SOFT_INK}">${tenant.productName}</p>
<h1 style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:600">${title}</h1>
${before.map(paragraph)}${code !== undefined && codeBox(code)}${after.map(paragraph)}${footer(frame)}
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
