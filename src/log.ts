import { type LoggerOptions, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** What the house writes for operators: one record a line, secrets never in it (house rule 7). */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface LogSettings {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  format: 'json' | 'pretty';
}

/** Fields that could carry a secret through an error's or a library's own properties. */
const redacted = [
  'password',
  'answer',
  'cookie',
  'authorization',
  'client_secret',
  'refresh_token',
  'access_token',
  'id_token',
];

/** Where a `code` would be one that somebody typed or was sent; elsewhere it names an error (`err.code`). */
const redactedCodes = ['code', 'body.code', 'form.code', 'params.code', 'query.code'];

/** A log to standard output, or to `destination`. Errors are written with their causes. */
export function createLog(settings: LogSettings, destination?: { write(line: string): void }): Log {
  const paths = [...redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), ...redactedCodes];
  const options: LoggerOptions = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[secret]' },
  };
  if (destination !== undefined) return pino(options, destination);
  if (settings.format === 'json') return pino(options);
  return pino(options, PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }));
}
