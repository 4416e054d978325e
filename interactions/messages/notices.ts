import type { Notice, NoticeKind, NoticeRenderer } from '#src/message/notices.ts';
import type { T, TextKey, Texts } from '../i18n.ts';
import { helpDeskText } from '../views/help-desk.ts';
import { renderMail } from './mail.ts';

const happened: Readonly<Record<NoticeKind, TextKey>> = {
  'backup-code-used': 'message.notice.backupCodeUsed',
  'backup-code-void': 'message.notice.backupCodeVoid',
  'email-replaced': 'message.notice.emailReplaced',
  'method-added': 'message.notice.methodAdded',
};

function timeOf({ locale, at }: Notice): string {
  return new Intl.DateTimeFormat(locale === 'nl' ? 'nl-NL' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(at);
}

function sentences(t: T, notice: Notice): { what: string; notYou: string } {
  const { settings } = notice.tenant;
  return {
    what: t(happened[notice.what], {
      loginName: notice.loginName,
      product: settings.productName,
      time: timeOf(notice),
    }),
    notYou: t('message.notice.notYou', { contact: helpDeskText({ tenant: settings, t }) }),
  };
}

/** Notices of changes, in the words of the language files. They say whose account it is: people share numbers. */
export function createNoticeRenderer(texts: Texts): NoticeRenderer {
  return {
    phone(notice) {
      const { what, notYou } = sentences(texts.for(notice.locale), notice);
      return `${what} ${notYou}`;
    },
    email(notice) {
      const t = texts.for(notice.locale);
      const tenant = notice.tenant.settings;
      const { what, notYou } = sentences(t, notice);
      const title = t('message.notice.title');
      const subject = t('message.notice.subject', { product: tenant.productName });
      const content = { subject, title, before: [what, notYou], after: [] };
      return renderMail({ tenant, locale: notice.locale, t }, content);
    },
  };
}
