import { type LoggerOptions, pino } from 'pino';

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

function optionsOf(settings: LogSettings): LoggerOptions {
  const paths = [...redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), ...redactedCodes];
  return {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: '[secret]' },
  };
}

/** A log of JSON lines to `destination`, or to standard output. Errors are written with their causes. */
export function createLog(settings: LogSettings, destination?: { write(line: string): void }): Log {
  return destination === undefined ? pino(optionsOf(settings)) : pino(optionsOf(settings), destination);
}

/** The log an operator asked for: JSON lines, or lines for people. What draws those is loaded only for them. */
export async function openLog(settings: LogSettings): Promise<Log> {
  if (settings.format === 'json') return createLog(settings);
  const { PinoPretty } = await import('pino-pretty');
  const people = PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' });
  return pino(optionsOf(settings), people);
}
