import { type Link, openLink } from './link.ts';
import type { Ending } from './postgres.ts';

/** A store's address that leads over a link, and the link. */
export interface FarStore {
  url: string;
  link: Link;
}

/** Puts a link between a product and the store at this address. */
export async function putFarAway(t: Ending, url: string): Promise<FarStore> {
  const far = new URL(url);
  const link = await openLink(t, Number(far.port));
  far.hostname = '127.0.0.1';
  far.port = String(link.port);
  return { url: far.href, link };
}
