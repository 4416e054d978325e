import type { SeededAccount } from './seed.ts';

export interface Announcement {
  issuer: string;
  sample: string;
  password: string;
  accounts: readonly SeededAccount[];
  dataDir: string;
}

const states: Record<SeededAccount['state'], string> = {
  new: 'never signed in: sets up an app first',
  'with-app': 'has an app',
  disabled: 'disabled',
};

function accountLine(account: SeededAccount, width: number): string {
  const key = account.appKey === undefined ? '' : `, key ${account.appKey}`;
  return `    ${account.loginName.padEnd(width)}  ${states[account.state]}${key}`;
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
    ...accounts.map((account) => accountLine(account, width)),
    '',
    `  A trial for this machine only. Everything is kept in ${dataDir}/; remove the folder to start afresh.`,
    '  Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
}
