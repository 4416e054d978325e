import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './postgres.ts';
import { findProgram, openssl, run } from './programs.ts';

/** A certificate with its key, as files and as text (PEM). */
export interface Certificate {
  certFile: string;
  keyFile: string;
  cert: string;
  key: string;
}

/** Signs certificates of one test or file. */
export interface Authority extends Certificate {
  /** Makes a certificate for `names`, as in a subjectAltName: `DNS:localhost`, `IP:127.0.0.1`. */
  issue(...names: string[]): Promise<Certificate>;
}

async function make(folder: string, name: string, more: readonly string[]): Promise<Certificate> {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const program = findProgram(openssl);
  if (program === undefined) throw new Error('openssl is not installed.');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  await run(program, [
    'req',
    '-x509',
    ...key,
    '-out',
    certFile,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    ...more,
  ]);
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

/** Makes a certificate authority; its files are gone with the test. */
export async function makeAuthority(t: Ending): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'test-ca-'));
  t.after(() => rm(folder, { recursive: true }));
  const authority = await make(folder, 'authority', []);
  let issued = 0;
  return {
    ...authority,
    issue: (...names) => {
      issued += 1;
      const signer = ['-CA', authority.certFile, '-CAkey', authority.keyFile];
      const extensions = ['-addext', 'basicConstraints=critical,CA:FALSE'];
      if (names.length > 0) extensions.push('-addext', `subjectAltName=${names.join(',')}`);
      return make(folder, `issued-${issued}`, [...signer, ...extensions]);
    },
  };
}
