import type { Fault, Origin } from './faults.ts';
import { type Tree, valueAt } from './layers.ts';
import { fileText, type ReadFile } from './text-file.ts';

/** What the file behind each setting must hold. */
const TLS_FILES = [
  { path: ['redis', 'caFile'], holds: 'certificate', mark: /-----BEGIN CERTIFICATE-----/ },
  { path: ['redis', 'certFile'], holds: 'certificate', mark: /-----BEGIN CERTIFICATE-----/ },
  { path: ['redis', 'keyFile'], holds: 'private key', mark: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { path: ['messaging', 'http', 'caFile'], holds: 'certificate', mark: /-----BEGIN CERTIFICATE-----/ },
  { path: ['messaging', 'mail', 'caFile'], holds: 'certificate', mark: /-----BEGIN CERTIFICATE-----/ },
] as const;

/** Tells which certificate and key files can't be read or hold something else, before anything is opened with them. */
export function tlsFileFaults(settings: Tree, readFile: ReadFile, origin: Origin): Fault[] {
  return TLS_FILES.flatMap(({ path, holds, mark }) => {
    const file = valueAt(settings, path);
    if (typeof file !== 'string' || file === '') return [];
    const read = fileText(file, readFile);
    if (read.ok && mark.test(read.text)) return [];
    const reason = read.ok ? `the file ${file} holds no PEM ${holds}` : read.reason;
    return [{ key: path.join('.'), ...origin(path), reason }];
  });
}
