import { readFileSync, statSync } from 'node:fs';

/** Reads a whole text file; throws when it can't. Loading takes it as a parameter so that it can be told what is there. */
export type ReadFile = (path: string) => string;

const mostBytes = 1024 * 1024;

/** Reads UTF-8 text of at most 1 MiB, without a byte order mark: a settings file or one secret is never larger. */
export const readTextFile: ReadFile = (path) => {
  if (statSync(path).size > mostBytes) throw new Error('larger than 1 MiB');
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
};

/** Answer to reading one file: its text, or why not as a sentence that names the file. */
export type FileText = { ok: true; text: string } | { ok: false; reason: string };

const causes: Record<string, string> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** Reads a file for a setting. The reason names the file and the cause, never what is in it. */
export function fileText(path: string, readFile: ReadFile): FileText {
  try {
    return { ok: true, text: readFile(path) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const message = error instanceof Error ? error.message : '';
    const cause = causes[code] ?? (code === '' && message !== '' ? `it is ${message}` : `(${code})`);
    return { ok: false, reason: `can't read ${path}: ${cause}` };
  }
}

/** Reads a secret from a file: its text without the newline that editors and `openssl` put at the end. */
export function secretFileText(path: string, readFile: ReadFile): FileText {
  const file = fileText(path, readFile);
  if (!file.ok) return file;
  const text = file.text.replace(/\r?\n$/, '');
  return text === '' ? { ok: false, reason: `the file ${path} is empty` } : { ok: true, text };
}
