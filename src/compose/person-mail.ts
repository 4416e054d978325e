import { createTexts } from '#interactions/i18n.ts';
import { createNoticeRenderer } from '#interactions/messages/notices.ts';
import type { AccountId } from '#src/account/account.ts';
import type { Clock } from '#src/clock.ts';
import type { ThrottleStore } from '#src/lockout/ports.ts';
import type { Log } from '#src/log.ts';
import { createNotices, type NoticeKind } from '#src/message/notices.ts';
import type { Invite } from '#src/recovery/invite.ts';
import type { SystemEvents } from '#src/system-events.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { Durable } from './durable.ts';
import { composeInvite, composeMailLinks } from './recovery.ts';

/** What operators have sent to people. All of it goes by the durable queue, which a serving process empties. */
export interface PersonMail {
  invite: Invite;
  /** Settles when the notice is in the queue; never rejects. */
  tell(tenant: Tenant, accountId: AccountId, what: NoticeKind): Promise<void>;
}

export interface PersonMailParts {
  durable: Pick<Durable, 'accounts' | 'factors' | 'links' | 'queue' | 'digester'>;
  throttle: Pick<ThrottleStore, 'take'>;
  events: SystemEvents;
  clock: Clock;
  log: Log;
}

/** For a command in a process of its own. */
export function composePersonMail({ durable, throttle, events, clock, log }: PersonMailParts): PersonMail {
  const { accounts, factors, queue } = durable;
  const texts = createTexts();
  const notices = createNotices({
    ...{ queue, factors, accounts, throttle, log, events },
    reportHref: composeMailLinks({ durable, clock }).reportHref,
    render: createNoticeRenderer(texts),
  });
  return {
    invite: composeInvite({ durable, queue, texts, clock }),
    tell: (tenant, accountId, what) => notices.tell({ tenant, accountId, now: clock.now() }, what),
  };
}
