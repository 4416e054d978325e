import { initClient } from 'messagebird';
import type { Log } from '#src/log.ts';
import type { Supplier } from '#src/message/ports.ts';
import { askMessageBird, IDLE, msisdn, reportAddress } from './messagebird-answer.ts';

export interface MessageBirdParts {
  accessKey: string;
  /** What people see as the sender: at most 11 letters and digits, or a number. */
  originator: string;
  /** Whether delivery reports are wanted: somebody can check their signatures. */
  reports: boolean;
  log: Log;
}

/** Text messages through MessageBird. */
export function createMessageBird({ accessKey, originator, reports, log }: MessageBirdParts): Supplier {
  const { messages } = initClient(accessKey, IDLE);
  const name = 'messagebird';
  return {
    name,
    channels: ['sms'],
    send: async (dispatch, signal) => {
      const { to, text, delivery } = dispatch;
      const message = {
        originator,
        body: text,
        type: 'sms',
        // Plain would put a ? for what GSM 03.38 lacks; this way such a text goes as Unicode and others stay short.
        datacoding: 'auto',
        reference: delivery,
        ...(reports && { reportUrl: reportAddress(dispatch) }),
      } as const;
      const outcome = await askMessageBird(
        (done) => messages.create({ ...message, recipients: [msisdn(to)] }, done),
        signal,
      );
      if (outcome.ok) return { ok: true, supplier: name, ...(reports && { delivery }) };
      log.warn({ supplier: name, channel: 'sms', delivery, ...outcome.detail }, 'supplier refused a message');
      return { ok: false, fault: outcome.fault };
    },
  };
}
