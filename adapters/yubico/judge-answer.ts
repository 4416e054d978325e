import type { YubicoAnswer } from '#src/sign-in/yubico.ts';
import { isSigned, type Parameters } from './signature.ts';

/** What was asked, and the key that both sides sign with. */
export interface Question {
  otp: string;
  nonce: string;
  key: Buffer;
}

/** Why an answer counts for nothing; a sentence for operators without its subject, of our own words only. */
export interface Fault {
  kind: 'fault';
  reason: string;
  /** It may be our own doing: worth no warning. */
  harmless?: boolean;
}

/** What one server's answer is worth. Anything but a fault is final. */
export type Verdict = Exclude<YubicoAnswer, { kind: 'unavailable' }> | Fault;

/**
 * What a server says when it judged no code. Some of these are signed with no key at all, for lack of one, so they are
 * read before the signature is: they are faults, whoever says them.
 */
const COMPLAINTS: Readonly<Record<string, string>> = {
  BAD_SIGNATURE: 'says BAD_SIGNATURE: yubico.secretKey is not the key of yubico.clientId',
  NO_SUCH_CLIENT: 'says NO_SUCH_CLIENT: it does not know yubico.clientId',
  OPERATION_NOT_ALLOWED: 'says OPERATION_NOT_ALLOWED: yubico.clientId may not validate codes there',
  MISSING_PARAMETER: 'says MISSING_PARAMETER: it does not speak validation protocol 2.0 as we do',
  BACKEND_ERROR: 'says BACKEND_ERROR: something behind it is broken',
  NOT_ENOUGH_ANSWERS: 'says NOT_ENOUGH_ANSWERS: too few of the servers it works with answered it',
};

function fault(reason: string): Fault {
  return { kind: 'fault', reason };
}

/** Lines of `name=value`; undefined for anything else, and for a name that stands there twice. */
export function readAnswer(text: string): Parameters | undefined {
  const answer = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const [, name, value] = /^([a-z]+)=(.*)$/.exec(line.trimEnd()) ?? [];
    if (name === undefined || value === undefined || answer.has(name)) return undefined;
    answer.set(name, value);
  }
  return answer;
}

/** A counter of the key; undefined when it is none of `bits` bits. */
function counterIn(answer: Parameters, name: string, bits: number): number | undefined {
  const text = answer.get(name) ?? '';
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value < 2 ** bits ? value : undefined;
}

function judgeOk(answer: Parameters, { otp }: Question): Verdict {
  const sessionCounter = counterIn(answer, 'sessioncounter', 16);
  const useCounter = counterIn(answer, 'sessionuse', 8);
  if (sessionCounter === undefined || useCounter === undefined) {
    return fault('says OK without the counters of the key, which it was asked for');
  }
  return { kind: 'valid', publicId: otp.slice(0, 12), sessionCounter, useCounter };
}

/**
 * Judges what a server answered (protocol 2.0, Response). What it says counts only with the right signature, and about
 * no other code and no other request than ours: an answer that was right once, or for somebody else, is a fault.
 * BAD_OTP alone may come without code and nonce, as Yubico's own server sends it; to replay one is to refuse a code,
 * which whoever could do that can do by silence as well.
 */
export function judgeAnswer(text: string, question: Question): Verdict {
  const answer = readAnswer(text);
  const status = answer?.get('status');
  if (answer === undefined || status === undefined) return fault('answers something that is no answer');
  const complaint = Object.hasOwn(COMPLAINTS, status) ? COMPLAINTS[status] : undefined;
  if (complaint !== undefined) return fault(complaint);
  if (!isSigned(answer, question.key)) {
    return fault('answers without the right signature: check yubico.secretKey, or somebody forges answers');
  }
  const echoes = (['otp', 'nonce'] as const).map((name) => ({
    missing: !answer.has(name),
    same: answer.get(name) === question[name],
  }));
  const ours = echoes.every(({ missing, same }) => same || (missing && status === 'BAD_OTP'));
  if (!ours) return fault('answers another question than ours: a replayed or forged answer');
  return judgeStatus(status, answer, question);
}

function judgeStatus(status: string, answer: Parameters, question: Question): Verdict {
  switch (status) {
    case 'OK':
      return judgeOk(answer, question);
    case 'BAD_OTP':
      return { kind: 'refused', reason: 'bad' };
    case 'REPLAYED_OTP':
      return { kind: 'refused', reason: 'replayed' };
    case 'REPLAYED_REQUEST':
      // Another server was asked the same and told this one already: only that other one may say whether it was right.
      return { ...fault('says REPLAYED_REQUEST: another server was asked already'), harmless: true };
    default:
      return fault('answers a status that is not in validation protocol 2.0');
  }
}
