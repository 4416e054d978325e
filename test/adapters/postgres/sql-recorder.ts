import type { LogConfig } from 'kysely';

/** Remembers every SQL text that was sent, with the parameters of its first time. */
export interface SqlRecorder {
  log: LogConfig;
  /** Text → parameters, in the order of the text. */
  statements(): [string, readonly unknown[]][];
}

/** What stores send; the rest is transactions, and tests that clean up. */
const STORE_VERBS = /^(select|insert|update|delete|with) /;

export function createSqlRecorder(): SqlRecorder {
  const seen = new Map<string, readonly unknown[]>();
  return {
    log: ({ query }) => {
      const text = query.sql.replace(/\s+/g, ' ').trim();
      if (!STORE_VERBS.test(text)) return;
      if (!seen.has(text)) seen.set(text, query.parameters);
    },
    statements: () => [...seen].sort(([one], [other]) => (one < other ? -1 : 1)),
  };
}
