import type { RawSettings } from '#config/settings.ts';

/** Settings without a fault, for tests to spoil one thing in. */
export const validSettings: RawSettings = {
  issuer: 'https://login.example',
  masterKey: 'A'.repeat(43),
  database: { store: 'embedded' },
  redis: { store: 'memory' },
  tenant: {
    name: 'Example',
    productName: 'Example',
    applicationName: 'Absence',
    initiateLoginUri: 'https://absence.example/sign-in',
    helpDesk: { email: 'helpdesk@login.example' },
  },
};

/** Reads from a table of files instead of a disk. */
export function filesOf(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
}
