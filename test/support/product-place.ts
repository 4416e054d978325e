import { parseSettings } from '#config/load.ts';
import type { RawSettings } from '#config/settings.ts';
import { compose } from '#src/compose.ts';
import { createLog } from '#src/log.ts';
import { createTestAccount, type SignInPlace } from './accounts.ts';
import { CLIENT } from './installation.ts';
import type { Ending } from './postgres.ts';

/** Metadata of the application of the tests. */
export const sampleClient = {
  ...CLIENT,
  redirect_uris: [...CLIENT.redirect_uris],
  post_logout_redirect_uris: [...CLIENT.post_logout_redirect_uris],
  first_party: true,
};

/**
 * A place where people sign in at processes of their own: accounts are made from here, on the same stores by
 * addresses of their own (`settings` may lead elsewhere than the processes' do).
 */
export async function openPlace(t: Ending, settings: RawSettings): Promise<SignInPlace> {
  const loaded = parseSettings(settings);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const composition = await compose(loaded.config, { log: createLog({ level: 'silent', format: 'json' }) });
  t.after(() => composition[Symbol.asyncDispose]());
  return {
    issuer: loaded.config.issuer,
    createAccount: (wanted) => createTestAccount({ composition }, composition.tenant, wanted),
  };
}
