import type { Tenant } from '#src/tenant/tenant.ts';
import type { T } from '../i18n.ts';

/** The text message with a backup code, as it stands on the page (R13). No browser is to fill it in: no last line. */
export function backupCodeText(t: T, { code, tenant }: { code: string; tenant: Tenant }): string {
  return t('message.sms.backupCode', { code, product: tenant.settings.productName });
}
