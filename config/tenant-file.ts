import { z } from 'zod';
import { type Fault, keyName, type Origin, reasonOf } from './faults.ts';
import { nearest } from './nearest.ts';
import { listSettingKeys } from './setting-keys.ts';
import { readSettingsFile } from './settings-file.ts';
import { type TenantSettings, tenantSchema } from './tenant.ts';
import type { FileText } from './text-file.ts';
import { issuerAddress } from './web-address.ts';

/** One tenant as a file describes it: its key is among its settings. */
export interface DescribedTenant {
  issuer: string;
  settings: TenantSettings;
}

export type TenantFileResult = { ok: true; tenant: DescribedTenant } | { ok: false; faults: Fault[] };

/** The settings of `tenant` in a settings file, and the issuer; the key must be said, for it names what is changed. */
const fileSchema = z.strictObject({
  issuer: issuerAddress,
  ...tenantSchema.shape,
  key: tenantSchema.shape.key.unwrap(),
});

/**
 * Reads a YAML file that describes one tenant; `path` is how faults name it. All faults are told at once, each with
 * its line, never with what is written there.
 */
export function readTenantFile(path: string, file: FileText): TenantFileResult {
  if (!file.ok) {
    return {
      ok: false,
      faults: [{ key: undefined, variable: undefined, at: undefined, reason: file.reason }],
    };
  }
  const read = readSettingsFile(path, () => file.text);
  if (!read.ok) return read;
  const { tree, lineOf } = read.file;
  const result = fileSchema.safeParse(tree, { error: reasonOf, reportInput: false });
  if (!result.success) {
    const origin: Origin = (key) => ({ variable: undefined, at: { file: path, line: lineOf(key) } });
    return {
      ok: false,
      faults: firstOfEachKey(result.error.issues.flatMap((issue) => faultsOf(issue, origin))),
    };
  }
  const { issuer, ...settings } = result.data;
  return { ok: true, tenant: { issuer, settings } };
}

/** What comes after the first fault of a key is mostly its echo. */
function firstOfEachKey(faults: readonly Fault[]): Fault[] {
  const told = new Set<string | undefined>();
  return faults.filter(({ key }) => !told.has(key) && told.add(key));
}

function faultsOf(issue: z.core.$ZodIssue, origin: Origin): Fault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ key: keyName(issue.path), ...origin(issue.path), reason: issue.message }];
  }
  return issue.keys.map((key) => {
    const meant = nearest(key, siblings(issue.path));
    const reason =
      meant === undefined ? 'is not a setting of a tenant' : `is not a setting; did you mean ${meant}?`;
    const path = [...issue.path, key];
    return { key: keyName(path), ...origin(path), reason };
  });
}

function siblings(path: readonly PropertyKey[]): string[] {
  const inside = ['tenant', ...path];
  const names = listSettingKeys()
    .filter((key) => inside.every((part, index) => key.path[index] === part))
    .map((key) => key.path[inside.length] ?? '');
  return path.length === 0 ? ['issuer', ...names] : names;
}
