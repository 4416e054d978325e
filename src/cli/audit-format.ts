import type { AuditRecord } from '#src/audit/ports.ts';
import { shownRecord } from './audit-view.ts';

/** How an export is written. */
export interface AuditFormat {
  head: string;
  line(record: AuditRecord): string;
}

type Shown = ReturnType<typeof shownRecord>;

const COLUMNS = [
  ...([
    'seq',
    'id',
    'version',
    'at',
    'tenant',
    'event',
    'outcome',
    'reason',
    'subject',
    'actorKind',
  ] as const),
  ...(['actor', 'client', 'session', 'factor', 'acr', 'reference', 'trace', 'address', 'userAgent'] as const),
  ...(['addressDigest', 'userAgentDigest', 'detail'] as const),
] satisfies (keyof Shown)[];

/**
 * What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection): at the beginning of a cell, and behind
 * what a spreadsheet may take for the end of one. A Dutch one parts cells at semicolons, and then heeds no quotes of ours.
 */
const FORMULA = /(^|[;\t\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])/g;

/** A cell as text that no spreadsheet computes with, quoted where it must be (RFC 4180 §2). */
export function cell(value: Shown[keyof Shown]): string {
  const text = value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
  const harmless = text.replace(FORMULA, "$1'");
  return /[",;\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** JSON Lines, or CSV with a first line of names. */
export const auditFormats: Readonly<Record<'jsonl' | 'csv', AuditFormat>> = {
  jsonl: { head: '', line: (record) => `${JSON.stringify(shownRecord(record))}\n` },
  csv: {
    head: `${COLUMNS.join(',')}\r\n`,
    line: (record) => {
      const shown = shownRecord(record);
      return `${COLUMNS.map((name) => cell(shown[name])).join(',')}\r\n`;
    },
  },
};
