import type { Notice, NoticeKind, NoticeRenderer } from '#src/message/notices.ts';
import type { T, TextKey, Texts } from '../i18n.ts';
import { helpDeskText } from '../views/help-desk.ts';
import { momentInWords } from '../views/moment.ts';
import { browserName } from './browser-name.ts';
import { renderMail } from './mail.ts';

/** How a mail begins that tells of this. */
const heads = {
  changed: { subject: 'message.notice.subject', title: 'message.notice.title' },
  signedIn: { subject: 'message.notice.signedInSubject', title: 'message.notice.signedInTitle' },
  closed: { subject: 'message.notice.closedSubject', title: 'message.notice.closedTitle' },
  guessed: { subject: 'message.notice.guessedSubject', title: 'message.notice.guessedTitle' },
} as const satisfies Record<string, Record<'subject' | 'title', TextKey>>;

interface Words {
  what: TextKey;
  head: keyof typeof heads;
  /** Others did it: the question is whether it was asked for. */
  byOthers?: true;
}

const words: Readonly<Record<NoticeKind, Words>> = {
  'backup-code-used': { what: 'message.notice.backupCodeUsed', head: 'changed' },
  'backup-code-void': { what: 'message.notice.backupCodeVoid', head: 'changed' },
  'email-replaced': { what: 'message.notice.emailReplaced', head: 'changed' },
  'method-added': { what: 'message.notice.methodAdded', head: 'changed' },
  'password-changed': { what: 'message.notice.passwordChanged', head: 'changed' },
  'password-made': { what: 'message.notice.passwordMade', head: 'changed' },
  'second-step-guessed': { what: 'message.notice.secondStepGuessed', head: 'guessed' },
  'signed-in-after-failures': { what: 'message.notice.signedInAfterFailures', head: 'signedIn' },
  'phone-changed': { what: 'message.notice.phoneChanged', head: 'changed' },
  'method-removed': { what: 'message.notice.methodRemoved', head: 'changed' },
  'question-changed': { what: 'message.notice.questionChanged', head: 'changed' },
  'backup-code-made': { what: 'message.notice.backupCodeMade', head: 'changed' },
  'new-browser': { what: 'message.notice.newBrowser', head: 'signedIn' },
  unblocked: { what: 'message.notice.unblocked', head: 'changed', byOthers: true },
  'account-closed': { what: 'message.notice.accountClosed', head: 'closed', byOthers: true },
  'account-held': { what: 'message.notice.accountHeld', head: 'closed', byOthers: true },
  'email-restored': { what: 'message.notice.emailRestored', head: 'closed', byOthers: true },
  'second-step-reset': { what: 'message.notice.secondStepReset', head: 'changed', byOthers: true },
};

function happened(t: T, notice: Notice): string {
  return t(words[notice.what].what, {
    loginName: notice.loginName,
    product: notice.tenant.settings.productName,
    time: momentInWords(notice.at, notice.locale),
    count: notice.detail.count ?? 0,
    browser: browserName(t, notice.detail.userAgent),
  });
}

/** What to do when it was somebody else; `way` says how, as far as this channel can. */
function otherwise(t: T, { what, tenant, reportHref: href = '' }: Notice, way: TextKey): string {
  const question = t(words[what].byOthers ? 'message.notice.notAsked' : 'message.notice.notYou');
  return `${question} ${t(way, { href, contact: helpDeskText({ tenant: tenant.settings, t }) })}`;
}

/** Notices of changes, in the words of the language files. They say whose account it is: people share numbers. */
export function createNoticeRenderer(texts: Texts): NoticeRenderer {
  return {
    phone(notice, channel) {
      const t = texts.for(notice.locale);
      const isLinked = notice.reportHref !== undefined && channel === 'sms';
      const way = isLinked ? 'message.notice.openLink' : 'message.notice.askHelpDesk';
      return `${happened(t, notice)} ${otherwise(t, notice, way)}`;
    },
    email(notice) {
      const { locale, reportHref: href } = notice;
      const t = texts.for(locale);
      const tenant = notice.tenant.settings;
      const { subject, title } = heads[words[notice.what].head];
      const way = href === undefined ? 'message.notice.askHelpDesk' : 'message.notice.pressButton';
      return renderMail(
        { tenant, locale, t },
        {
          subject: t(subject, { product: tenant.productName }),
          title: t(title),
          before: [happened(t, notice), otherwise(t, notice, way)],
          link: href === undefined ? undefined : { href, label: t('message.notice.button') },
          after: [],
        },
      );
    },
  };
}
