import type { SeededAccount } from './seed.ts';

export interface Announcement {
  issuer: string;
  sample: string;
  password: string;
  accounts: readonly SeededAccount[];
  dataDir: string;
  /** Tenants beside the one on localhost. */
  tenants: readonly Pick<Announcement, 'issuer' | 'sample' | 'accounts'>[];
}

function tenantLines({ issuer, sample, accounts }: Announcement['tenants'][number]): string[] {
  const app = accounts.find(({ appKey }) => appKey !== undefined);
  return [
    `    ${sample}  signs in at ${issuer}`,
    ...(app === undefined ? [] : [`      ${app.loginName} ${stateOf(app)}`]),
  ];
}

function furtherTenants(tenants: Announcement['tenants']): string[] {
  if (tenants.length === 0) return [];
  return [
    '  Further tenants, each with the same accounts and password:',
    '',
    ...tenants.flatMap(tenantLines),
    '',
  ];
}

function stateOf({ disabled, hasSecondStep, appKey }: SeededAccount): string {
  if (disabled) return 'disabled: may not sign in';
  if (appKey !== undefined) return `has an app, key ${appKey}`;
  return hasSecondStep
    ? 'has the second step that was set up at its first sign-in'
    : 'never signed in: sets up a second step first';
}

/** What the trial prints when it is ready: where to go and as whom. */
export function announcement(trial: Announcement): string {
  const { issuer, sample, password, accounts, dataDir, tenants } = trial;
  const width = Math.max(...accounts.map(({ loginName }) => loginName.length));
  return [
    '',
    '  Poortwachter is ready. Start at the sample application:',
    '',
    `    Sample application   ${sample}`,
    `    Poortwachter         ${issuer}`,
    `    Messages it sent     ${issuer}/dev/outbox`,
    '',
    '  No text message, call or mail leaves this machine: give any Dutch number and any address, and read the codes',
    '  among the messages it sent.',
    '',
    `  Demo accounts, all with the password  ${password}`,
    '',
    ...accounts.map((account) => `    ${account.loginName.padEnd(width)}  ${stateOf(account)}`),
    '',
    '  Invite somebody, and open the link among the messages:',
    '',
    '    npx poortwachter user invite nieuwe-collega --given-name Nieuwe --family-name Collega \\',
    '      --email nieuwe-collega@voorbeeld.example',
    '',
    ...furtherTenants(tenants),
    `  A trial for this machine only. Everything is kept in ${dataDir}/; remove the folder to start afresh.`,
    '  Ctrl-C stops it.',
    '',
    '',
  ].join('\n');
}
