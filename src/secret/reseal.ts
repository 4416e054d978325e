import { AppError } from '#src/errors.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Sealer } from './ports.ts';

/** A column that holds sealed text; `of` undefined for the rows that belong to no tenant. */
export interface SealedPlace {
  table: string;
  column: string;
  of: TenantId | undefined;
}

/** One sealed text, by the id of its row within its place. */
export interface SealedValue {
  id: string;
  sealed: string;
  context: string;
}

/** A text sealed anew, and the one that it takes the place of. */
export interface Resealed extends SealedValue {
  anew: string;
}

/** Everything that is sealed. Every method throws AppError `store-unavailable` when the store can't answer. */
export interface SealedStore {
  places(): Promise<SealedPlace[]>;
  /** How many texts of a place each master key sealed, by key id; `malformed` for what names none. */
  countByKey(place: SealedPlace): Promise<ReadonlyMap<string, number>>;
  /** Texts that another key than `keyId` sealed, in the order of their ids, from behind `after` on. */
  page(
    place: SealedPlace,
    options: { keyId: string; after: string | undefined; limit: number },
  ): Promise<SealedValue[]>;
  /** Replaces those that still are what was read; says how many. Nothing else of a row changes. */
  replace(place: SealedPlace, values: readonly Resealed[]): Promise<number>;
}

/** How far a table is: texts that are done, of those that were not under the current key at the start. */
export interface ResealProgress {
  table: string;
  done: number;
  total: number;
  /** Texts in a second, and seconds that the rest of this table takes at that pace. */
  perSecond: number;
  secondsLeft: number;
}

/** A text that no key at hand opens. */
export interface ResealFault {
  place: SealedPlace;
  id: string;
  reason: string;
}

export interface ResealOptions {
  /** Who runs this, and why if they say so. */
  operator: string;
  reason?: string | undefined;
  /** Only counts. */
  dryRun?: boolean | undefined;
  /** Texts read and written in one step. */
  batch?: number | undefined;
  onProgress?: ((progress: ResealProgress) => void) | undefined;
  onFault?: ((fault: ResealFault) => void) | undefined;
}

/** `overtaken`: changed by somebody else between reading and writing, which wins. */
export interface ResealedTable {
  table: string;
  total: number;
  resealed: number;
  overtaken: number;
  unreadable: number;
}

export interface ResealSummary {
  currentKey: string;
  /** How many texts each master key had sealed when this began, by key id. */
  sealedBy: Record<string, number>;
  tables: ResealedTable[];
  ms: number;
}

/** Seals everything under the current master key, or counts what is sealed under which. */
export type Reseal = (options: ResealOptions) => Promise<ResealSummary>;

export interface ResealParts {
  store: SealedStore;
  sealer: Sealer;
  /** Id of the key that the sealer seals under. */
  currentKeyId: string;
  /** Records what is to be done; resolves when that is kept. */
  recorded(options: ResealOptions, found: { key: string; texts: number }): Promise<void>;
}

const BATCH = 500;

/** The same text under the current key; undefined, after telling so, when no key opens it. */
function anew(sealer: Sealer, value: SealedValue, tell: (reason: string) => void): Resealed[] {
  try {
    return [{ ...value, anew: sealer.seal(sealer.open(value.sealed, value.context), value.context) }];
  } catch (failure) {
    if (!(failure instanceof AppError) || failure.code !== 'seal-broken') throw failure;
    tell(failure.message);
    return [];
  }
}

/** Goes through one place, from page to page; `count` hears of every step. */
async function resealPlace(
  { store, sealer, currentKeyId: keyId }: ResealParts,
  place: SealedPlace,
  { batch: limit = BATCH, onFault }: ResealOptions,
  count: (step: { read: number; readable: number; replaced: number }) => void,
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const values = await store.page(place, { keyId, after, limit });
    after = values.at(-1)?.id;
    const readable = values.flatMap((value) =>
      anew(sealer, value, (reason) => onFault?.({ place, id: value.id, reason })),
    );
    const replaced = readable.length === 0 ? 0 : await store.replace(place, readable);
    count({ read: values.length, readable: readable.length, replaced });
    if (values.length < limit) return;
  }
}

interface Work {
  table: string;
  places: SealedPlace[];
  total: number;
}

/** What there is to do, by table, and which key sealed how many. */
async function survey({ store, currentKeyId }: ResealParts) {
  const sealedBy: Record<string, number> = {};
  const works = new Map<string, Work>();
  for (const place of await store.places()) {
    const { table } = place;
    const work = works.get(table) ?? { table, places: [], total: 0 };
    works.set(table, work);
    let left = 0;
    for (const [id, texts] of await store.countByKey(place)) {
      sealedBy[id] = (sealedBy[id] ?? 0) + texts;
      if (id !== currentKeyId) left += texts;
    }
    if (left > 0) work.places.push(place);
    work.total += left;
  }
  return { sealedBy, works: [...works.values()] };
}

async function resealTable(
  parts: ResealParts,
  { table, places, total }: Work,
  options: ResealOptions,
): Promise<ResealedTable> {
  const outcome = { table, total, resealed: 0, overtaken: 0, unreadable: 0 };
  const begun = performance.now();
  let done = 0;
  for (const place of places) {
    await resealPlace(parts, place, options, ({ read, readable, replaced }) => {
      done += read;
      outcome.resealed += replaced;
      outcome.overtaken += readable - replaced;
      outcome.unreadable += read - readable;
      const perSecond = Math.max(1, Math.round((done * 1_000) / Math.max(1, performance.now() - begun)));
      const secondsLeft = Math.ceil(Math.max(0, total - done) / perSecond);
      options.onProgress?.({ table, done, total, perSecond, secondsLeft });
    });
  }
  return outcome;
}

/**
 * Makes the step of a master key's replacement that lets the old key go. Safe to repeat, to break off and to run
 * beside serving processes: each text is replaced only while it is what was read, and what is done is skipped.
 * A text that no key opens is told and left; the rest goes on.
 */
export function createReseal(parts: ResealParts): Reseal {
  return async (options) => {
    const begun = performance.now();
    const { sealedBy, works } = await survey(parts);
    const tables: ResealedTable[] = [];
    const texts = works.reduce((sum, { total }) => sum + total, 0);
    const isRun = options.dryRun !== true;
    // Before anything changes: a run that breaks off leaves a record of its beginning.
    if (isRun && texts > 0) await parts.recorded(options, { key: parts.currentKeyId, texts });
    for (const work of isRun ? works : []) {
      tables.push(await resealTable(parts, work, options));
    }
    const ms = Math.round(performance.now() - begun);
    return { currentKey: parts.currentKeyId, sealedBy, tables, ms };
  };
}
