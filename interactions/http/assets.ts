import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, Middleware } from 'koa';
import { themeFromQuery, themeStylesheet } from '../views/theme.ts';
import { strengthEstimator, strengthLists } from './strength-files.ts';

/** A script of the pages, by the name of its file. */
export type ScriptName =
  | 'auto-submit'
  | 'busy-button'
  | 'code-field'
  | 'copy'
  | 'countdown'
  | 'delivery-state'
  | 'passkey'
  | 'password-field'
  | 'password-strength'
  | 'print';

/** Where pages find the stylesheet and the scripts; the addresses change with the content. */
export interface AssetPaths {
  style: string;
  scripts: Readonly<Record<ScriptName, string>>;
  /** Words that passwords are made of, for the script that advises on a new one. */
  strengthLists: string;
}

export interface Assets {
  paths: AssetPaths;
  /** Answers /assets/… and the favicon, and passes every other request on. */
  middleware: Middleware;
}

type Coding = 'br' | 'gzip' | 'identity';

const folder = new URL('../assets/', import.meta.url);
/* The stylesheet's parts, in the order in which later ones overrule earlier ones; served as one file. */
const styleParts = [
  'tokens',
  'ground',
  'anatomy',
  'form',
  'piece',
  'set-up',
  'choice',
  'keep',
  'settings',
  'methods',
  'activity',
  'strength',
  'explain',
  'outbox',
  'phone',
  'preferences',
  'print',
] as const;

/* Bytes from which the best compression takes seconds, for a twelfth less. */
const LARGE = 200_000;
const LARGE_QUALITY = 9;

const forever = 'public, max-age=31536000, immutable';
const day = 'public, max-age=86400';

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
};

/** One public file, with its compressed forms made when first asked for. */
class StaticFile {
  readonly name: string;
  readonly type: string;
  readonly path: string;
  readonly #bodies = new Map<Coding, Promise<Buffer>>();
  readonly #content: Buffer;

  constructor(name: string, content: Buffer) {
    const extension = extname(name);
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    this.name = name;
    this.type = contentTypes[extension] ?? 'application/octet-stream';
    this.path = `/assets/${name.slice(0, -extension.length)}.${hash}${extension}`;
    this.#content = content;
  }

  body(coding: Coding): Promise<Buffer> {
    const made = this.#bodies.get(coding) ?? this.#encode(coding);
    this.#bodies.set(coding, made);
    return made;
  }

  async #encode(coding: Coding): Promise<Buffer> {
    if (coding === 'br') {
      const quality = this.#content.length > LARGE ? LARGE_QUALITY : constants.BROTLI_MAX_QUALITY;
      return promisify(brotliCompress)(this.#content, {
        params: { [constants.BROTLI_PARAM_QUALITY]: quality },
      });
    }
    if (coding === 'gzip') return promisify(gzip)(this.#content, { level: 9 });
    return this.#content;
  }
}

/* The smallest form that the browser takes, whatever order it names them in. */
function acceptedCoding(ctx: Context): Coding {
  if (ctx.acceptsEncodings('br') === 'br') return 'br';
  return ctx.acceptsEncodings('gzip') === 'gzip' ? 'gzip' : 'identity';
}

/* Compression is safe here and only here: these bytes are public and hold nothing of the person (BREACH). */
async function send(ctx: Context, file: StaticFile, cacheControl: string): Promise<void> {
  const coding = file.type === contentTypes['.ico'] ? 'identity' : acceptedCoding(ctx);
  ctx.set('Content-Type', file.type);
  ctx.set('Cache-Control', cacheControl);
  ctx.set('Vary', 'Accept-Encoding');
  if (coding !== 'identity') ctx.set('Content-Encoding', coding);
  ctx.body = await file.body(coding);
}

function sendTheme(ctx: Context): void {
  ctx.set('Content-Type', 'text/css; charset=utf-8');
  ctx.set('Cache-Control', forever);
  ctx.body = themeStylesheet(themeFromQuery(ctx.URL.searchParams));
}

function notFound(ctx: Context): void {
  ctx.status = 404;
  ctx.set('Content-Type', 'text/plain; charset=utf-8');
  ctx.set('Cache-Control', 'no-store');
  ctx.body = 'Not found\n';
}

/** `style.0123456789ab.css` → `style.css`; undefined for a name without a hash. */
function plainName(path: string): string | undefined {
  const match = /^\/assets\/([a-z-]+)\.[0-9a-f]{12}(\.[a-z]+)$/.exec(path);
  return match === null ? undefined : `${match[1]}${match[2]}`;
}

function styleSheet(): StaticFile {
  const parts = styleParts.map((part) => readFileSync(new URL(`style/${part}.css`, folder)));
  return new StaticFile('style.css', Buffer.concat(parts));
}

/** What packages bring that stands before a script of ours, so that a page asks for one file. */
const builtOn: Readonly<Record<string, () => Buffer>> = {
  // The one file that SimpleWebAuthn publishes for browsers (`unpkg` in its package.json).
  'passkey.js': () =>
    readFileSync(new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser'))),
  'password-strength.js': strengthEstimator,
};

function contentOf(name: string): Buffer {
  const own = readFileSync(new URL(name, folder));
  const base = builtOn[name];
  return base === undefined ? own : Buffer.concat([base(), Buffer.from('\n'), own]);
}

function readFolder(): ReadonlyMap<string, StaticFile> {
  const names = readdirSync(folder).filter((name) => contentTypes[extname(name)] !== undefined);
  const files = names.map((name) => new StaticFile(name, contentOf(name)));
  const made = [styleSheet(), new StaticFile('strength-lists.json', strengthLists())];
  return new Map([...made, ...files].map((file) => [file.name, file]));
}

/**
 * The public files of the pages, read once. Their addresses carry a hash of the content, so browsers keep them for
 * good. While a new version rolls out, a page of one process may ask another for a file it has in another
 * version: that one is served uncached rather than leaving somebody with a bare page.
 */
export function createAssets(): Assets {
  const files = readFolder();
  const need = (name: string): StaticFile => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`interactions/assets lacks ${name}`);
    return file;
  };
  const icons = new Map([
    ['/favicon.svg', need('favicon.svg')],
    ['/favicon.ico', need('favicon.ico')],
  ]);
  const serve = async (ctx: Context): Promise<void> => {
    const icon = icons.get(ctx.path);
    if (icon !== undefined) return send(ctx, icon, day);
    if (ctx.path === '/assets/theme.css') return sendTheme(ctx);
    const file = files.get(plainName(ctx.path) ?? '');
    return file === undefined
      ? notFound(ctx)
      : send(ctx, file, file.path === ctx.path ? forever : 'no-store');
  };
  return {
    paths: {
      style: need('style.css').path,
      scripts: {
        'auto-submit': need('auto-submit.js').path,
        'busy-button': need('busy-button.js').path,
        'code-field': need('code-field.js').path,
        copy: need('copy.js').path,
        countdown: need('countdown.js').path,
        'delivery-state': need('delivery-state.js').path,
        passkey: need('passkey.js').path,
        'password-field': need('password-field.js').path,
        'password-strength': need('password-strength.js').path,
        print: need('print.js').path,
      },
      strengthLists: need('strength-lists.json').path,
    },
    middleware: async (ctx, next) => {
      const ours = ctx.path.startsWith('/assets/') || icons.has(ctx.path);
      if (!ours || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
      await serve(ctx);
    },
  };
}
