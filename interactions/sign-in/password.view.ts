import { ACCOUNT_PATH } from '#src/provider/account-client.ts';
import type { HelpTopic } from '../help/topics.ts';
import type { TextKey } from '../i18n.ts';
import { submitButton } from '../views/button.ts';
import { waitError } from '../views/duration.ts';
import { checkbox, errorSummary, type FormError, textField } from '../views/form.ts';
import { helpLinks } from '../views/help-link.ts';
import { icon } from '../views/icons.ts';
import { html, type Markup } from '../views/markup.ts';
import { type PageFrame, renderPage } from '../views/page.ts';
import { passwordControl } from '../views/password-control.ts';
import { richText } from '../views/rich-text.ts';

/** Why the form is shown again; `wait` is in seconds. */
export type PasswordProblem =
  | 'wrong'
  | 'empty-name'
  | 'empty-password'
  | 'malformed'
  /** Another window of this sign-in went on. */
  | 'elsewhere'
  | { wait: number };

/**
 * What a sign-in for the settings is about: to see them (`visit`), or to change something that both steps are asked for
 * once more (`change`).
 */
export type SettingsAim = 'visit' | 'change';

export interface PasswordPage {
  /** Where the form posts `login_name`, `password` and `shared`. */
  action: string;
  /** Kept as typed; the password never is. */
  loginName: string;
  problem?: PasswordProblem | undefined;
  /** Others use this computer too: `chosen` on this page, or `settled` for as long as its session goes on. */
  shared?: 'chosen' | 'settled' | undefined;
  /** The sign-in is for the settings. */
  settings?: SettingsAim | undefined;
  /** Where forgotten data is recovered; without it the link is not there. */
  recoveryHref?: string | undefined;
}

function problemText(frame: PageFrame, problem: PasswordProblem): FormError {
  if (typeof problem === 'object') return waitError(frame, problem.wait);
  const { t } = frame;
  switch (problem) {
    case 'wrong':
      return {
        summary: t('signIn.wrong'),
        field: { id: 'password', text: t('signIn.wrongHint') },
        alsoWrong: ['login-name'],
      };
    case 'empty-name':
      return { summary: t('signIn.emptyName'), field: { id: 'login-name', text: t('signIn.emptyName') } };
    case 'empty-password':
      return {
        summary: t('signIn.emptyPassword'),
        field: { id: 'password', text: t('signIn.emptyPassword') },
      };
    case 'malformed':
      return { summary: t('signIn.malformed') };
    case 'elsewhere':
      return { summary: t('signIn.elsewhere') };
  }
}

function loginNameField({ t }: PageFrame, loginName: string, error?: FormError): Markup {
  return textField(
    {
      id: 'login-name',
      name: 'login_name',
      type: 'text',
      label: t('signIn.loginName'),
      hint: t('signIn.loginNameHint'),
      value: loginName,
      autofocus: loginName === '',
      extra: html`autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false"`,
    },
    error,
  );
}

function passwordField({ t }: PageFrame, loginName: string, error?: FormError): Markup {
  return textField(
    {
      id: 'password',
      name: 'password',
      type: 'password',
      label: t('signIn.password'),
      autofocus: loginName !== '',
      extra: html`autocomplete="current-password" autocapitalize="none" autocorrect="off" spellcheck="false"`,
      ...passwordControl(t),
    },
    error,
  );
}

/* Quiet, under the password: most people need it never, and some at every sign-in. */
function sharedChoice({ t }: PageFrame, shared: PasswordPage['shared']): Markup {
  if (shared === 'settled') return html`<p class="hint" id="shared-settled">${t('signIn.sharedSettled')}</p>`;
  return checkbox({
    ...{ id: 'shared', name: 'shared', value: 'yes' },
    label: t('signIn.shared'),
    hint: t('signIn.sharedHint'),
    checked: shared === 'chosen',
  });
}

const AIM_TEXTS = { visit: 'signIn.forSettings', change: 'signIn.again' } as const satisfies Record<
  SettingsAim,
  TextKey
>;

/** The answer that fits what went wrong, where it is more than a slip. */
function helpFor(problem: PasswordProblem | undefined): HelpTopic | undefined {
  if (typeof problem === 'object') return 'blocked';
  return problem === 'wrong' ? 'password-forgotten' : undefined;
}

/** First step: login name and password, and under them the tenant's notice on every visit (R3–R5). */
export function passwordPage(frame: PageFrame, page: PasswordPage): string {
  const { t, tenant, locale } = frame;
  const { action, loginName, problem, recoveryHref, settings } = page;
  const error = problem === undefined ? undefined : problemText(frame, problem);
  const deadEnd = helpFor(problem);
  return renderPage(frame, {
    step: 'password',
    title: t('signIn.title'),
    failed: error !== undefined,
    scripts: error?.wait === undefined ? ['password-field', 'busy-button'] : ['password-field', 'countdown'],
    body: html`${settings && html`<p class="lead" id="aim">${t(AIM_TEXTS[settings])}</p>`}<form method="post" action="${action}" novalidate>
${errorSummary(error)}
${loginNameField(frame, loginName, error)}
${passwordField(frame, loginName, error)}
${sharedChoice(frame, page.shared)}
${submitButton(t, { id: 'sign-in', label: t('signIn.submit'), busy: t('busy.signIn'), wait: error?.wait })}
</form>
${error?.wait !== undefined && recoveryHref !== undefined && html`<p class="meanwhile">${richText(t, 'wait.orPassword', { link: html`<a id="recover" href="${recoveryHref}">${t('blocked.newPassword')}</a>` })}</p>`}
${recoveryHref !== undefined && html`<p class="ways-out"><a id="forgotten" href="${recoveryHref}">${t('signIn.forgot')}</a></p>`}
${settings === 'change' && html`<p class="ways-out"><a id="to-settings" href="${ACCOUNT_PATH}">${t('signIn.toSettings')}</a></p>`}
${deadEnd !== undefined && helpLinks(frame, [deadEnd])}
<div class="notice">${icon('lock')}<p id="notice">${tenant.notice[locale]}</p></div>`,
  });
}
