import type { FieldSpec } from '#src/sign-in/factor.ts';
import type { ScriptName } from '../http/assets.ts';
import type { SentNotice } from './sent-notice.ts';

/** What decides which scripts a page of a step loads. */
export interface StepParts {
  fields: readonly FieldSpec[];
  /** The main button counts down: it must not be taken for pressed meanwhile. */
  waits?: boolean | undefined;
  /** Another button counts down. */
  resendWaits?: boolean | undefined;
  sent?: SentNotice | undefined;
  copies?: boolean | undefined;
}

/** The scripts of a page, each only where there is something for it to do. */
export function stepScripts({ fields, waits, resendWaits, sent, copies }: StepParts): ScriptName[] {
  const wanted: readonly [ScriptName, boolean | undefined][] = [
    ['code-field', fields.some((field) => field.type === 'text' && field.wholeLength !== undefined)],
    ['passkey', fields.some(({ type }) => type === 'passkey')],
    ['copy', copies],
    ['delivery-state', sent !== undefined],
    ['busy-button', !waits],
    ['countdown', waits || resendWaits],
  ];
  return wanted.filter(([, needed]) => needed).map(([name]) => name);
}
