import type {
  Explanation,
  ShownEvent,
  ShownLane,
  ShownLimit,
  ShownMessage,
  ShownMethod,
} from './explanation.ts';
import { printable, properties, table } from './terminal.ts';

const names: Record<ShownLimit['of'], string> = {
  password: 'wrong passwords',
  'second-step': 'wrong second steps',
  'set-up': 'wrong codes at set-up',
  answer: 'wrong answers',
  'text-messages': 'text messages, calls',
  mails: 'mails with a code',
  'reset-mails': 'mails with a link',
};

function stateOf({ disabledAt, suspended, lanes }: Explanation): string {
  if (disabledAt !== null) return `disabled since ${disabledAt}`;
  if (suspended !== null) return `closed since ${suspended.at} by "this was not me" (${suspended.by})`;
  const blocked = lanes.filter(({ blockedAt }) => blockedAt !== null);
  return blocked.length === 0 ? 'open' : `blocked for ${blocked.map(browsersOf).join(', ')}`;
}

function browsersOf({ lane }: Pick<ShownLane, 'lane'>): string {
  return lane === 'strangers' ? 'browsers new to the account' : 'an own browser';
}

function passwordOf({ password: { set, changedAt } }: Explanation): string {
  if (!set) return 'none was ever set';
  return changedAt === null ? 'set' : `set ${changedAt}`;
}

function emailOf({ email: { set, proved } }: Explanation): string {
  if (!set) return 'none';
  return proved ? 'proved' : 'not proved';
}

function invitationOf({ invitation }: Explanation): string {
  if (invitation === null) return 'none';
  const { status, sentAt, openedAt, usedAt, expiresAt } = invitation;
  const parts = [
    `${status}; sent ${sentAt}`,
    ...(openedAt === null ? [] : [`opened ${openedAt}`]),
    ...(usedAt === null ? [`works until ${expiresAt}`] : [`used ${usedAt}`]),
  ];
  return parts.join(', ');
}

/** A table under its heading; nothing at all without rows. */
function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${title}\n${table(headings, rows)}`;
}

const methodRow = ({ kind, label, lastUsedAt, newUntil }: ShownMethod) => [
  kind,
  label,
  lastUsedAt ?? 'never',
  newUntil ?? 'no',
];

const laneRow = (lane: ShownLane) => [
  browsersOf(lane),
  String(lane.failures),
  String(lane.codeFailures),
  lane.blockedAt ?? 'no',
];

const limitRow = ({ of, lane, method, ending, count, until }: ShownLimit) => [
  names[of],
  [lane === null ? '' : browsersOf({ lane }), method ?? '', ending === null ? '' : `…${ending}`]
    .filter((part) => part !== '')
    .join(', '),
  String(count),
  until ?? 'no',
];

const eventRow = ({ at, event, outcome, reason, method, by, reference }: ShownEvent) => [
  at,
  event,
  outcome,
  [reason ?? '', method ?? '', by === null ? '' : `by ${by}`].filter((part) => part !== '').join(', '),
  reference ?? '',
];

const messageRow = (message: ShownMessage) => [
  message.at,
  message.ending === null
    ? (message.channel ?? message.kind)
    : `${message.channel ?? message.kind} …${message.ending}`,
  message.state,
  [message.delivery ?? '', message.fault ?? '', message.supplier ?? '']
    .filter((part) => part !== '')
    .join(', '),
];

/** An explanation for people. */
export function explanationText(explained: Explanation): string {
  const { methods, lanes, limits, events, messages, advice } = explained;
  const counted = lanes.filter(
    ({ failures, codeFailures, blockedAt }) => failures + codeFailures > 0 || blockedAt !== null,
  );
  return [
    properties([
      ['Login name', explained.loginName],
      ['State', stateOf(explained)],
      ['Password', passwordOf(explained)],
      ['E-mail', emailOf(explained)],
      ['Invitation', invitationOf(explained)],
      ['Backup code', explained.backupCodeWorks ? 'works' : 'none that works'],
      ['Question', explained.questionSet ? 'set' : 'none'],
      ['First sign-in', explained.firstSignInDoneAt ?? 'not done'],
      ['Known browsers', String(explained.knownBrowsers)],
    ]),
    section('Second steps', ['KIND', 'NAME', 'LAST USED', 'NEW UNTIL'], methods.map(methodRow)),
    section(
      'Wrong tries in a row since the last sign-in',
      ['BROWSERS', 'PASSWORDS', 'SECOND STEPS', 'BLOCKED SINCE'],
      counted.map(laneRow),
    ),
    section('Limits', ['OF', 'WHERE', 'COUNT', 'REFUSES UNTIL'], limits.map(limitRow)),
    section('Last events', ['WHEN', 'EVENT', 'OUTCOME', 'WHY', 'NUMBER'], events.map(eventRow)),
    section('Last messages', ['WHEN', 'BY', 'STATE', 'WHAT IS KNOWN'], messages.map(messageRow)),
    `\nWhat to do\n${advice.map((sentence) => `- ${printable(sentence)}\n`).join('')}`,
  ].join('');
}
