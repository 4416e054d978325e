import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Context } from 'koa';

const FOLDER = new URL('../assets/', import.meta.url);

/** A file that browsers may keep for good: its address changes with its content. */
export interface Asset {
  address: string;
  send(ctx: Context): void;
}

/** Reads a file of the assets folder once; `type` is what Koa takes for a content type. */
export async function loadAsset(name: string, type: string): Promise<Asset> {
  return asset(name, type, await readFile(new URL(name, FOLDER)));
}

/** Reads the stylesheet: its parts in the order of their names, as one file. */
export async function loadStylesheet(): Promise<Asset> {
  const folder = new URL('style/', FOLDER);
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.css')).sort();
  const contents = await Promise.all(parts.map((name) => readFile(new URL(name, folder))));
  return asset('style.css', 'css', Buffer.concat(contents));
}

function asset(name: string, type: string, content: Buffer): Asset {
  const version = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return {
    address: `/assets/${name}?v=${version}`,
    send(ctx) {
      ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
      ctx.remove('Vary');
      ctx.type = type;
      ctx.body = content;
    },
  };
}
