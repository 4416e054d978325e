import { LOGOUT_KIND } from '#src/provider/tell-logout.ts';
import type { Explanation, ShownLimit } from './explanation.ts';

type Known = Omit<Explanation, 'advice'>;

/** Why nobody gets into the account at all, and what lifts it. */
function onAccount({ loginName, disabledAt, suspended, lanes }: Known): string[] {
  const advice: string[] = [];
  if (disabledAt !== null) {
    advice.push(`The account is disabled: run \`user enable ${loginName}\` if the person may sign in again.`);
  }
  if (suspended?.by === 'person') {
    advice.push(
      'Somebody said "this was not me" at the person’s own address: the person can request a new password, which ' +
        `lifts it; or run \`user unblock ${loginName}\`.`,
    );
  }
  if (suspended?.by === 'former-address') {
    advice.push(
      'Somebody said "this was not me" at an address that was replaced: make sure whose the e-mail address is now, ' +
        `then run \`user unblock ${loginName}\`.`,
    );
  }
  const strangers = lanes.some(({ lane, blockedAt }) => lane === 'strangers' && blockedAt !== null);
  const own = lanes.some(({ lane, blockedAt }) => lane === 'own' && blockedAt !== null);
  if (strangers || own) {
    const where = strangers
      ? own
        ? 'browsers new to this account and one of the person’s own'
        : 'browsers new to this account (one that the person used before still works)'
      : 'one of the person’s own browsers';
    advice.push(
      `Too many wrong tries blocked ${where}: run \`user unblock ${loginName}\`, or the person can request a new password.`,
    );
  }
  return advice;
}

function onPassword({ loginName, password, invitation, email }: Known): string[] {
  if (password.set) {
    if (email.proved) return [];
    return [
      'No e-mail address is proved, so a forgotten password can not be replaced by the person: sign-in asks for a proof.',
    ];
  }
  if (!email.set) return ['No password was ever set and there is no e-mail address to invite to.'];
  const again = `run \`user invite ${loginName}\``;
  switch (invitation?.status) {
    case undefined:
      return [`No password was ever set: ${again}.`];
    case 'expired':
      return [`The invitation is too old: ${again} to send another one.`];
    default:
      return [
        `No password was set yet: the mail with the invitation leads to one. If it did not come, look for it among ` +
          `unwanted mail, or ${again} to send it again.`,
      ];
  }
}

function onSecondStep({ loginName, methods, backupCodeWorks, firstSignInDoneAt }: Known): string[] {
  if (methods.length === 0) {
    return firstSignInDoneAt === null ? ['No second step is set up: the next sign-in begins with that.'] : [];
  }
  const others = backupCodeWorks
    ? 'another method or the backup code does as well'
    : 'another method does as well';
  return [
    `If the person lost every second step (${others}): run \`user reset-second-step ${loginName}\` after making sure who asks.`,
  ];
}

/** Who calls back on a number that was just changed may reach whoever changed it. */
function onNewNumber({ methods }: Known): string[] {
  return methods.flatMap(({ label, newUntil, proves }) => {
    if (newUntil === null) return [];
    const changed = `A number was set up in the settings not long ago (${label}): do not call back on it before ${newUntil}.`;
    const idle =
      'Until then it proves nothing either, because a password was set by a link in a mail since: another method or ' +
      'the backup code does.';
    return [proves ? changed : `${changed} ${idle}`];
  });
}

const waitFor: Record<ShownLimit['of'], string> = {
  password: 'wrong passwords',
  'second-step': 'wrong second steps',
  'set-up': 'wrong codes while setting up a method',
  answer: 'wrong answers to the security question',
  'text-messages': 'text messages and calls',
  mails: 'mails with a code',
  'reset-mails': 'mails with a link to a new password',
};

const SENDS: ReadonlySet<ShownLimit['of']> = new Set(['text-messages', 'mails', 'reset-mails']);

function onLimits({ loginName, limits }: Known): string[] {
  const refusing = limits.flatMap(({ of, until }) => (until === null ? [] : [{ of, until }]));
  const kinds = [...new Set(refusing.map(({ of }) => of))];
  return kinds.map((kind) => {
    const last = refusing
      .filter(({ of }) => of === kind)
      .map(({ until }) => until)
      .toSorted()
      .at(-1);
    const what = SENDS.has(kind) ? `No more ${waitFor[kind]}` : `A wait after ${waitFor[kind]}`;
    const way = SENDS.has(kind) ? 'nothing lifts it sooner' : `\`user unblock ${loginName}\` ends it sooner`;
    return `${what} until ${last}: ${way}.`;
  });
}

function onMessages({ messages }: Known): string[] {
  const dead = messages.find(({ state, kind }) => state === 'dead' && kind !== LOGOUT_KIND);
  const untold = messages.find(({ state, kind }) => state === 'dead' && kind === LOGOUT_KIND);
  const failed = messages.find(({ delivery }) => delivery === 'failed');
  return [
    ...(dead === undefined
      ? []
      : [`A message did not leave (${dead.fault ?? 'no reason known'}): look at the address or number.`]),
    ...(untold === undefined
      ? []
      : [
          `An application was not told that a session of the person ended (${untold.fault ?? 'no reason known'}): ` +
            'they may still be signed in to it.',
        ]),
    ...(failed === undefined
      ? []
      : ['A supplier tells that a message did not arrive: look at the address or number.']),
  ];
}

/** What an operator can do next, or the person; in the order in which it matters. */
export function adviceOn(known: Known): string[] {
  const advice = [onAccount, onPassword, onLimits, onNewNumber, onSecondStep, onMessages].flatMap((on) =>
    on(known),
  );
  return advice.length === 0 ? ['Nothing keeps the person out.'] : advice;
}
