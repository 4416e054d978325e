import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Digester } from '#src/secret/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import type { Lane } from './ports.ts';

/** A new mark. `value` goes into the browser's cookie and is kept nowhere; `browser` is the lane it stands for. */
export interface BrowserMark {
  value: string;
  browser: Lane;
}

/** Marks by which a browser that signed in before is known again. They let nobody in: they only choose who is counted. */
export interface BrowserMarks {
  /** The lane of a cookie's value; undefined when we did not make it, or made it for another tenant. */
  read(tenantId: TenantId, cookieValue: string | undefined): Lane | undefined;
  make(tenantId: TenantId): BrowserMark;
}

/** 128 random bits and an HMAC-SHA-256, both base64url. */
const SHAPE = /^([\w-]{22})\.([\w-]{43})$/;

/** Makes and reads marks under the key of `digester`. */
export function createBrowserMarks({ digester }: { digester: Digester }): BrowserMarks {
  const digestOf = (what: 'mac' | 'lane', tenantId: TenantId, id: string) =>
    digester.digest('browser', JSON.stringify([what, tenantId, id]));
  return {
    read(tenantId, cookieValue) {
      const [, id, mac] = SHAPE.exec(cookieValue ?? '') ?? [];
      if (id === undefined || mac === undefined) return undefined;
      const own = Buffer.from(digestOf('mac', tenantId, id));
      return timingSafeEqual(own, Buffer.from(mac)) ? digestOf('lane', tenantId, id) : undefined;
    },
    make(tenantId) {
      const id = randomBytes(16).toString('base64url');
      return { value: `${id}.${digestOf('mac', tenantId, id)}`, browser: digestOf('lane', tenantId, id) };
    },
  };
}
