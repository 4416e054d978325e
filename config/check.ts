import type { Fault } from './faults.ts';

/**
 * One fault as one line for people: the setting, its variable, where it stands, what is wrong.
 * `database.url (DATABASE_URL): is needed while database.store is postgres`
 */
export function formatFault(fault: Fault): string {
  const place =
    fault.at === undefined ? '' : `${fault.at.file}${fault.at.line === undefined ? '' : `:${fault.at.line}`}`;
  const names =
    fault.key === undefined || fault.variable === undefined
      ? (fault.key ?? fault.variable ?? '')
      : `${fault.key} (${fault.variable})`;
  const subject = [place, names].filter((part) => part !== '').join(' ');
  return `${subject}: ${fault.reason}`;
}

/** All faults of `what` for people: how many there are, then one line each. Ends with a newline. */
export function formatFaults(faults: readonly Fault[], what = 'The configuration'): string {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  const lines = faults.map((fault) => `  ${formatFault(fault)}`);
  return [`${what} has ${count}:`, ...lines, ''].join('\n');
}
