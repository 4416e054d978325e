import type { TextFieldSpec } from '#src/sign-in/factor.ts';

/**
 * The box for a code of `digits` digits, which phones and password managers offer to fill in. `maxLength` leaves room
 * for the blanks that people type, and that phones and apps show and paste.
 */
export function digitsField(
  digits: number,
  told: Pick<TextFieldSpec, 'label' | 'hint' | 'hintValues'>,
): TextFieldSpec {
  return {
    type: 'text',
    name: 'code',
    inputMode: 'numeric',
    autocomplete: 'one-time-code',
    maxLength: 12,
    wholeLength: digits,
    ...told,
  };
}
