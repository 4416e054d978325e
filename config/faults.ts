import type { z } from 'zod';

/** One thing wrong with the configuration. It never holds a value, so printing it can't leak a secret. */
export interface Fault {
  /** Dotted name of the setting (`database.url`, `clients[1].client_id`); undefined for a file or unknown variable. */
  key: string | undefined;
  /** Environment variable it was read from or can be set by. */
  variable: string | undefined;
  /** Where in the settings file, when it came from there. Lines count from 1. */
  at: { file: string; line: number | undefined } | undefined;
  /** A sentence without its subject: "must be …", "is not …". */
  reason: string;
}

/** Says where the value at a path came from, and what variable can set it. */
export type Origin = (path: readonly PropertyKey[]) => Pick<Fault, 'variable' | 'at'>;

/** `['clients', 1, 'client_id']` → `clients[1].client_id`. Keys that are no plain names are not repeated. */
export function keyName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? shownKey(part) : `${text}.${shownKey(part)}`;
  }, '');
}

/** A missing space after a colon makes a secret part of a key; such a key is not shown. */
export function shownKey(key: PropertyKey): string {
  return /^[A-Za-z_][\w-]{0,63}$/.test(String(key)) ? String(key) : '(unreadable key)';
}

const expectations: Record<string, string> = {
  string: 'must be text',
  int: 'must be a whole number',
  number: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be a group of settings',
};

type RawIssue = z.core.$ZodRawIssue;

function sizeReason(issue: Extract<RawIssue, { code: 'too_big' | 'too_small' }>): string {
  const limit = issue.code === 'too_big' ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  if (issue.origin === 'string') {
    const empty = issue.code === 'too_small' && issue.minimum === 1;
    return empty ? 'must not be empty' : `must have ${limit} characters`;
  }
  return issue.origin === 'array' ? `must have ${limit} in its list` : `must be ${limit}`;
}

function kindReason(input: unknown, expected: string): string {
  if (input === undefined) return 'is required';
  if (input === null) return 'is empty: give it a value or leave it out';
  const reason = expectations[expected] ?? 'is of the wrong kind';
  const unquoted = expected === 'string' && (typeof input === 'number' || typeof input === 'boolean');
  return unquoted ? `${reason}: put it in quotes` : reason;
}

/** Words for what a schema found, never with the value it found. Schemas that know better words bring their own. */
export function reasonOf(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kindReason(issue.input, issue.expected);
    case 'too_big':
    case 'too_small':
      return sizeReason(issue);
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'invalid_format':
      return issue.format === 'email' ? 'must be an e-mail address' : 'is not in the right form';
    default:
      return 'is not in the right form';
  }
}
