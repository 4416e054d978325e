import { isTextKey, type TextKey } from '../i18n.ts';
import type { PageFrame } from '../views/page.ts';

/** What a scope lets an application see, in words. */
export function scopeWords({ t, tenant }: Pick<PageFrame, 't' | 'tenant'>, scope: string): string {
  const key = `consent.scope.${scope}`;
  const known: TextKey = isTextKey(key) && scope !== 'other' ? key : 'consent.scope.other';
  return t(known, { scope, organisation: tenant.name });
}
