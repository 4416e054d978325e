import { Writable } from 'node:stream';
import {
  type DestinationStream,
  type LoggerOptions,
  pino,
  destination as standardOutput,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';

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
  'id_token_hint',
  'code_verifier',
  'client_assertion',
  'set-cookie',
];

/** Where a `code` would be one that somebody typed or was sent; elsewhere it names an error (`err.code`). */
const redactedCodes = ['code', 'body.code', 'form.code', 'params.code', 'query.code'];

/** Most characters of a message that may repeat what a stranger sent. */
const LONGEST_MESSAGE = 1000;
const LONGEST_STACK = 10_000;

/** What an Error tells: nothing of its own fields but a code, for drivers put statements, values and arguments there. */
function toldOf(failure: unknown): object {
  if (!(failure instanceof Error)) return { message: 'what was thrown is no error' };
  const { type, message, stack } = stdSerializers.err(failure);
  const causes = failure instanceof AggregateError ? { causes: failure.errors.map(messageOf) } : {};
  const code = 'code' in failure ? { code: String(failure.code) } : {};
  return {
    type,
    message: message.slice(0, LONGEST_MESSAGE),
    ...code,
    ...causes,
    stack: stack.slice(0, LONGEST_STACK),
  };
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : typeof failure;
}

/** Characters that move a terminal's cursor or turn its text around, and that JSON leaves as they are. */
const MOVING = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escapes of JSON, save those of a line's end and a tab, which stacks are made of. */
const ESCAPED = /\\(?:\\|[bfr]|u00[01][0-9a-f])/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** One record without a character that a terminal or an editor would obey. */
function harmless(line: string): string {
  return line.replace(MOVING, escaped);
}

/** The same where the record is read and drawn for people: what stood escaped stays so. */
function harmlessDrawn(line: string): string {
  const twice = line.replace(ESCAPED, (found) => (found === '\\\\' ? found : `\\${found}`));
  return twice.replace(MOVING, (character) => `\\${escaped(character)}`);
}

function optionsOf(settings: LogSettings) {
  return {
    level: settings.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: toldOf },
    hooks: { streamWrite: settings.format === 'json' ? harmless : harmlessDrawn },
  } satisfies LoggerOptions;
}

/** Names that redaction hides at the top of a record. */
const hiddenAtTop: ReadonlySet<string> = new Set([...redacted, 'code']);

function holdsOthers(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object' && item !== null);
  return typeof value === 'object' && value !== null;
}

/** Whether redaction has nothing to look for in a record: no name that it hides, and no value that holds others. */
function isFlat(record: unknown): boolean {
  if (typeof record === 'string') return true;
  if (typeof record !== 'object' || record === null || record instanceof Error) return false;
  return Object.entries(record).every(([name, value]) => !hiddenAtTop.has(name) && !holdsOthers(value));
}

/**
 * A logger whose redaction looks only at records that could hide something: it takes 35 µs, twenty times what the rest
 * of a record takes, and most records, such as one for each request, are flat.
 */
function openLogger(settings: LogSettings, destination: DestinationStream): Log {
  const options = optionsOf(settings);
  const plain = pino(options, destination);
  const paths = [...redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), ...redactedCodes];
  return pino(
    {
      ...options,
      redact: { paths, censor: '[secret]' },
      hooks: {
        ...options.hooks,
        logMethod(args, method) {
          const harmlessArguments = args.length <= 2 && isFlat(args[0]);
          method.apply(harmlessArguments ? plain : this, args);
        },
      },
    },
    destination,
  );
}

/** Lines for people, drawn from records by what is loaded only for them. */
async function openDrawing(destination: DestinationStream | undefined): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  const options = { sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' };
  return PinoPretty(
    destination === undefined ? options : { ...options, destination: writableTo(destination) },
  );
}

function writableTo({ write }: DestinationStream): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
}

/**
 * Standard output, written at once: no record is lost with a process that ends, and a write costs a twentieth of one
 * that is handed to another thread. Whoever reads it slowly slows the process down, as with any program.
 */
function openOutput(): DestinationStream {
  return standardOutput({ dest: 1, sync: true });
}

/** A log of JSON lines to `destination`, or to standard output. Errors are written with their causes. */
export function createLog(settings: LogSettings, destination?: DestinationStream): Log {
  return openLogger(settings, destination ?? openOutput());
}

/** The log an operator asked for, to `destination` or standard output: JSON lines, or lines for people. */
export async function openLog(settings: LogSettings, destination?: DestinationStream): Promise<Log> {
  if (settings.format === 'json') return createLog(settings, destination);
  return openLogger(settings, await openDrawing(destination));
}
