import type { FieldSpec, PasskeyPurpose, TextFieldSpec } from '#src/sign-in/factor.ts';
import { isTextKey, textKey } from '../i18n.ts';
import { type FormError, textField } from './form.ts';
import { icon } from './icons.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';

/** What the page adds to what a method says of its field. */
export interface MethodFieldOptions {
  error?: FormError | undefined;
  autofocus?: boolean | undefined;
  /** Beside the label. */
  note?: Markup | undefined;
  /** Under the box. */
  below?: Markup | undefined;
  /** Where a passkey's script asks what the browser is to sign. */
  optionsAction?: string | undefined;
  /** What a passkey is asked for. */
  purpose?: PasskeyPurpose | undefined;
}

/* A code of one device, typed or pasted: large digits, no browser's guess at the spelling. */
function textMethodField({ t }: PageFrame, spec: TextFieldSpec, options: MethodFieldOptions): Markup {
  const { name, label, hint, hintValues, inputMode, autocomplete, maxLength, wholeLength, value } = spec;
  const { error, autofocus, note, below } = options;
  return textField(
    {
      id: name,
      name,
      type: inputMode === 'tel' ? 'tel' : 'text',
      label: t(textKey(label)),
      hint: hint === undefined ? undefined : t(textKey(hint), hintValues),
      value,
      autofocus,
      note,
      below,
      className: inputMode === 'numeric' ? 'digits' : undefined,
      extra: html`inputmode="${inputMode}" autocomplete="${autocomplete}" maxlength="${maxLength}"${wholeLength !== undefined && html` data-whole="${wholeLength}"`} autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
}

/* Only a script can ask the browser for a passkey: until it runs its button is not there, and the page says so. */
function passkeyField({ t }: PageFrame, kind: string, options: MethodFieldOptions): Markup {
  const { optionsAction, purpose = 'sign-in' } = options;
  const own = `factor.${kind}.${purpose === 'set-up' ? 'setUp.button' : 'button'}`;
  const label = t(isTextKey(own) ? own : purpose === 'set-up' ? 'passkey.setUp' : 'passkey.use');
  const next = purpose === 'set-up' && html`<p class="hint" id="passkey-hint">${t('passkey.next')}</p>\n`;
  return html`<div class="passkey" data-passkey>
<input type="hidden" name="credential">
${next}<button type="button" class="primary" id="use-passkey" data-options="${optionsAction}" data-purpose="${purpose}" data-busy="${t('passkey.busy')}"${next && html` aria-describedby="passkey-hint"`} hidden>${label}</button>
<p class="cannot no-script">${icon('alert')}<span>${t('passkey.noScript')}</span></p>
<p class="cannot" data-passkey-unsupported hidden>${icon('alert')}<span>${t('passkey.unsupported')}</span></p>
</div>`;
}

/** The field of a second-step method, as the method describes it. One renderer draws the fields of all methods. */
export function methodField(
  frame: PageFrame,
  kind: string,
  field: FieldSpec,
  options: MethodFieldOptions = {},
): Markup {
  return field.type === 'passkey'
    ? passkeyField(frame, kind, options)
    : textMethodField(frame, field, options);
}
