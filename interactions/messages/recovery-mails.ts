import type { Locale } from '#src/account/account.ts';
import type { RecoveryMailRenderer, ResetOffer } from '#src/recovery/mails.ts';
import { restartAddress } from '#src/tenant/restart.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { T, Texts } from '../i18n.ts';
import { lifeInWords } from '../views/duration.ts';
import { fullMomentInWords } from '../views/moment.ts';
import { type MailFrame, type MailWay, renderMail } from './mail.ts';

function wayTo(t: T, { href, code }: ResetOffer, kind: 'reset' | 'invitation'): MailWay {
  const link = { href, label: t('message.recovery.makePassword') };
  return { link, orCode: t(`message.recovery.${kind}.orCode`), code };
}

/**
 * The mails of recoveries and invitations, in the words of the language files. No subject has a code, a link or a login
 * name: locked screens show it.
 */
export function createRecoveryMailRenderer(texts: Texts): RecoveryMailRenderer {
  const frameOf = (tenant: Tenant, locale: Locale): MailFrame => ({
    tenant: tenant.settings,
    locale,
    t: texts.for(locale),
  });
  return {
    loginNames({ tenant, locale, names }) {
      const frame = frameOf(tenant, locale);
      const { t } = frame;
      const product = tenant.settings.productName;
      const several = names.length > 1;
      return renderMail(frame, {
        subject: t('message.recovery.loginName.subject', { product }),
        title: t(several ? 'message.recovery.loginName.titles' : 'message.recovery.loginName.title'),
        before: [
          t(several ? 'message.recovery.loginName.texts' : 'message.recovery.loginName.text', { product }),
        ],
        ways: [
          ...names.map((title) => ({ title })),
          { link: { href: restartAddress(tenant), label: t('message.recovery.loginName.signIn') } },
        ],
        after: [t('message.recovery.loginName.password'), t('message.recovery.loginName.notYou')],
      });
    },
    reset({ tenant, locale, accounts, minutes }) {
      const frame = frameOf(tenant, locale);
      const { t } = frame;
      const product = tenant.settings.productName;
      const [first] = accounts;
      const several = accounts.length > 1;
      const loginName = first?.loginName ?? '';
      return renderMail(frame, {
        subject: t('message.recovery.reset.subject', { product }),
        title: t('message.recovery.reset.title'),
        before: [
          several
            ? t('message.recovery.reset.texts', { product })
            : t('message.recovery.reset.text', { product, loginName }),
        ],
        ways: accounts.map((offer) => ({
          ...wayTo(t, offer, 'reset'),
          title: several ? offer.loginName : undefined,
        })),
        after: [
          t('message.recovery.reset.life', { life: lifeInWords(minutes, locale) }),
          t('message.recovery.never'),
          t('message.recovery.reset.notYou'),
        ],
      });
    },
    invitation({ tenant, locale, givenName, expiresAt, ...offer }) {
      const frame = frameOf(tenant, locale);
      const { t } = frame;
      const { name: organisation, productName: product } = tenant.settings;
      const { loginName } = offer;
      return renderMail(frame, {
        subject: t('message.recovery.invitation.subject', { organisation }),
        title: t('message.recovery.invitation.title', { product }),
        before: [
          ...(givenName === '' ? [] : [t('message.recovery.invitation.greeting', { givenName })]),
          t('message.recovery.invitation.text', { organisation, loginName }),
          t('message.recovery.invitation.until', { date: fullMomentInWords(expiresAt, locale) }),
        ],
        ways: [wayTo(t, offer, 'invitation')],
        after: [
          t('message.recovery.invitation.next'),
          t('message.recovery.never'),
          t('message.recovery.invitation.notYou', { organisation }),
        ],
      });
    },
  };
}
