/** Plainly fictitious numbers, so that the pages have something to show. Nobody in here exists. */
export const DEPARTMENTS = [
  { key: 'warehouse', people: 46, sick: 3, rate: 5.1 },
  { key: 'production', people: 38, sick: 2, rate: 4.6 },
  { key: 'transport', people: 24, sick: 1, rate: 3.9 },
  { key: 'office', people: 31, sick: 1, rate: 2.8 },
  { key: 'service', people: 17, sick: 0, rate: 2.1 },
] as const;

/** Open absence cases; `week` counts from the first day, of the 104 that an employer pays. */
export const CASES = [
  { number: '014', department: 'warehouse', week: 5, next: 'analysis' },
  { number: '027', department: 'production', week: 1, next: 'call' },
  { number: '031', department: 'office', week: 7, next: 'plan' },
  { number: '058', department: 'warehouse', week: 22, next: 'evaluation' },
  { number: '103', department: 'transport', week: 40, next: 'report' },
] as const;

/** Things to do; `days` from today. */
export const TASKS = [
  { number: '027', step: 'call', days: 0 },
  { number: '014', step: 'analysis', days: 0 },
  { number: '031', step: 'plan', days: 1 },
  { number: '058', step: 'evaluation', days: 3 },
  { number: '103', step: 'report', days: 4 },
] as const;

/** Absence per month, in per cent, oldest first. */
export const TREND = [3.6, 4.4, 5.2, 4.9, 4.1, 3.7, 3.2, 2.9, 3.3, 3.8, 4.3, 4.1] as const;
