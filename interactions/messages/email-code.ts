import type { Mail } from '#src/message/mail.ts';
import { type MailFrame, renderMail } from './mail.ts';

/** The mail with a code that proves an address. The code is not in the subject, which locked screens show. */
export function emailCodeMail(frame: MailFrame, code: string): Mail {
  const { t, tenant } = frame;
  const product = tenant.productName;
  return renderMail(frame, {
    subject: t('message.emailCode.subject', { product }),
    title: t('message.emailCode.title'),
    before: [t('message.emailCode.text', { product })],
    code,
    after: [t('message.emailCode.life'), t('message.emailCode.notYou')],
  });
}
