import type { DrawnVisit } from '#interactions/settings/settings-page.ts';
import type { PageFrame } from '#interactions/views/page.ts';

/** Pages by the names of their pictures. */
export type Pages = Readonly<Record<string, (frame: PageFrame) => string>>;

/** A moment that every picture shows. */
export const PICTURED_AT = Date.UTC(2026, 10, 20, 13, 5);

/** A visit of somebody who just came. */
export const visitIn = (frame: PageFrame, over: Partial<DrawnVisit> = {}): DrawnVisit => ({
  ...{ frame, stamp: 'Xk29vQxD0mT7sLw2pRz4aB', done: undefined, resumed: false, shared: false },
  ...over,
});
