import type { SeededAccount } from './seed.ts';

export interface Announcement {
  issuer: string;
  sample: string;
  password: string;
  accounts: readonly SeededAccount[];
  dataDir: string;
}

function stateOf({ disabled, hasSecondStep, appKey }: SeededAccount): string {
  if (disabled) return 'disabled: may not sign in';
  if (appKey !== undefined) return `has an app, key ${appKey}`;
  return hasSecondStep
    ? 'has the app that was set up at its first sign-in'
    : 'never signed in: sets up an app first';
}

/** What the trial prints when it is ready: where to go and as whom. */
export function announcement({ issuer, sample, password, accounts, dataDir }: Announcement): string {
  const width = Math.max(...accounts.map(({ loginName }) => loginName.length));
  return [
    '',
    '  Poortwachter is ready. Start at the sample application:',
    '',
    `    Sample application   ${sample}`,
    `    Poortwachter         ${issuer}`,
    `    Messages it sent     ${issuer}/dev/outbox`,
    '',
    `  Demo accounts, all with the password  ${password}`,
    '',
    ...accounts.map((account) => `    ${account.loginName.padEnd(width)}  ${stateOf(account)}`),
    '',
    `  A trial for this machine only. Everything is kept in ${dataDir}/; remove the folder to start afresh.`,
    '  Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
}
