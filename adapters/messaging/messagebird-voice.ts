import { initClient } from 'messagebird';
import type { Log } from '#src/log.ts';
import type { Supplier } from '#src/message/ports.ts';
import { askMessageBird, IDLE, msisdn, reportAddress } from './messagebird-answer.ts';

export interface MessageBirdVoiceParts {
  accessKey: string;
  /** Number that the call comes from; undefined: one of MessageBird's. */
  originator: string | undefined;
  reports: boolean;
  log: Log;
}

const LANGUAGES = { nl: 'nl-nl', en: 'en-gb' } as const;

/** Times that a message is read out: whoever has to find a pen hears it again. */
const REPEAT = 2;

/** A code, with or without blanks in it: four digits and more. */
const CODE = /\d(?: ?\d){3,}/g;

/**
 * The text as a voice should read it: codes digit by digit, with a pause after each. What could be taken for markup
 * goes out.
 */
export function spokenText(text: string): string {
  const plain = text.replaceAll(/[<>&]/g, ' ');
  return plain.replaceAll(CODE, (code) => [...code.replaceAll(' ', '')].join(', '));
}

/** Codes in a phone call, read out by MessageBird: for landlines, and for who can't read them. */
export function createMessageBirdVoice({
  accessKey,
  originator,
  reports,
  log,
}: MessageBirdVoiceParts): Supplier {
  const { voice_messages: calls } = initClient(accessKey, IDLE);
  const name = 'messagebird';
  return {
    name,
    channels: ['voice'],
    send: async (dispatch, signal) => {
      const { to, text, delivery, locale = 'nl' } = dispatch;
      const call = {
        body: spokenText(text),
        language: LANGUAGES[locale],
        repeat: REPEAT,
        // A code must not lie in a voice mailbox, that others can ask with a guessed PIN.
        ifMachine: 'hangup',
        reference: delivery,
        ...(originator !== undefined && { originator: msisdn(originator) }),
        ...(reports && { reportUrl: reportAddress(dispatch) }),
      } as const;
      const outcome = await askMessageBird(
        // Not as an argument of their own: the SDK takes a list there for the parameters.
        (done) => calls.create({ ...call, recipients: [msisdn(to)] }, done),
        signal,
      );
      if (outcome.ok) return { ok: true, supplier: name, ...(reports && { delivery }) };
      log.warn(
        { supplier: name, channel: 'voice', delivery, ...outcome.detail },
        'supplier refused a message',
      );
      return { ok: false, fault: outcome.fault };
    },
  };
}
