import { PASSWORD_MAX, PASSWORD_MIN } from '#src/account/password-rules.ts';
import type { ScriptName } from '../http/assets.ts';
import { isTextKey, type T } from '../i18n.ts';
import { type FormError, textField } from './form.ts';
import { html, type Markup } from './markup.ts';
import type { PageFrame } from './page.ts';
import { passwordControl } from './password-control.ts';

export interface NewPasswordField {
  /** From `newPasswordError`. */
  error?: FormError | undefined;
  autofocus?: boolean | undefined;
  /** Whose password it is, where the page may say that: password managers keep it beside the new one. */
  loginName?: string | undefined;
  /** What it is posted as; `password` where no other one is asked. */
  name?: string | undefined;
  /** What is said instead of how long it has to be. */
  hint?: string | undefined;
}

/** The scripts that a page with the field loads. Everything works without them, but for the advice on strength. */
export const newPasswordScripts = ['password-field', 'password-strength'] as const satisfies ScriptName[];

const FIELD = 'password';
const levels = ['weak', 'fair', 'good', 'strong'] as const;
const tips = ['common', 'name', 'own', 'word', 'date', 'pattern', 'longer'] as const;

/** What the script says, by the names it has for it; `{n}` is the number of characters still missing. */
function adviceTexts(t: T): Record<string, string> {
  const said = (level: (typeof levels)[number]) =>
    t('newPassword.strength.label', { level: t(`newPassword.strength.level.${level}`) });
  return {
    ...Object.fromEntries(levels.map((level) => [level, said(level)])),
    ...Object.fromEntries(tips.map((tip) => [tip, t(`newPassword.strength.tip.${tip}`)])),
    short: t('newPassword.strength.short', { n: '{n}' }),
    shortOne: t('newPassword.strength.shortOne'),
  };
}

/* Empty until the script fills it; without script it takes no place. Four bars and words: never by colour alone. */
function strengthMeter({ t, tenant, assets }: PageFrame, loginName: string | undefined): Markup {
  const own = [tenant.name, tenant.productName, tenant.applicationName, loginName ?? ''];
  const advice = JSON.stringify({ own, texts: adviceTexts(t), least: PASSWORD_MIN });
  return html`<div class="strength" id="password-strength" data-lists="${assets.strengthLists}" data-strength="${advice}">
<div aria-hidden="true"><i></i><i></i><i></i><i></i></div><p role="status"></p></div>`;
}

/**
 * The field for a new password: its rules stand before it, so that they are read before anybody
 * types (ground rule 8), and under it the advice on its strength. There is one field and a button that shows it, no
 * second one to type it in again: pasting and password managers work.
 */
export function newPasswordField(
  frame: PageFrame,
  { error, autofocus, loginName, name = 'password', hint }: NewPasswordField = {},
): Markup {
  const { t } = frame;
  // Without a name it is not posted: only password managers read it.
  const username =
    loginName !== undefined &&
    html`<input type="text" id="username" value="${loginName}" autocomplete="username" readonly hidden>`;
  return html`<ul class="reasons" id="password-rules">
<li>${t('newPassword.rules.own')}</li>
<li>${t('newPassword.rules.listed')}</li>
<li>${t('newPassword.rules.paste')}</li>
</ul>
${username}${textField(
  {
    id: FIELD,
    name,
    type: 'password',
    label: t('newPassword.label'),
    hint: hint ?? t('newPassword.hint', { n: PASSWORD_MIN }),
    autofocus,
    // A manager that makes one up keeps to this.
    extra: html`autocomplete="new-password" passwordrules="minlength: ${PASSWORD_MIN}; maxlength: ${PASSWORD_MAX};" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    ...passwordControl(t),
    below: strengthMeter(frame, loginName),
  },
  error,
)}`;
}

/** Why a new password was not taken, each reason a plain sentence; several are listed above the form. */
export function newPasswordError({ t }: Pick<PageFrame, 't'>, faults: readonly string[]): FormError {
  const sentences = faults.flatMap((fault) => {
    const key = `newPassword.problem.${fault}`;
    return isTextKey(key) ? [t(key, { n: PASSWORD_MIN, max: PASSWORD_MAX })] : [];
  });
  const [first = t('newPassword.problem.malformed'), ...rest] = sentences;
  const others = rest.map((text) => ({ id: FIELD, text }));
  return {
    summary: others.length === 0 ? first : t('newPassword.several'),
    field: { id: FIELD, text: first },
    others,
  };
}
