import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Context } from 'koa';

const FOLDER = new URL('../assets/', import.meta.url);

/** A file that browsers may keep for good: its address changes with its content. */
export interface Asset {
  address: string;
  send(ctx: Context): void;
}

/** Reads a file of the assets folder once; `type` is what Koa takes for a content type. */
export async function loadAsset(name: string, type: string): Promise<Asset> {
  const content = await readFile(new URL(name, FOLDER));
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
