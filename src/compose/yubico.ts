import { createYubicoValidation } from '#adapters/yubico/validation.ts';
import type { Config } from '#config/settings.ts';
import type { Log } from '#src/log.ts';
import type { YubicoValidation } from '#src/sign-in/yubico.ts';
import { createSparingLog } from '#src/sparing-log.ts';

/** Who judges the codes that YubiKeys type; undefined where no validation service is configured. */
export function composeYubico({ config, log }: { config: Config; log: Log }): YubicoValidation | undefined {
  const { clientId, secretKey, servers } = config.yubico;
  if (clientId === undefined || secretKey === undefined) return undefined;
  const key = Buffer.from(secretKey.reveal(), 'base64');
  return createYubicoValidation({ clientId, key, servers, record: createSparingLog(log) });
}
