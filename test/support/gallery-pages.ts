import { tenantSchema } from '#config/tenant.ts';
import { consentPage } from '#interactions/consent/consent.view.ts';
import { outboxPage } from '#interactions/dev/outbox.view.ts';
import { logoutPage } from '#interactions/session/logout.view.ts';
import { signedOutPage } from '#interactions/session/signed-out.view.ts';
import { blockedPage } from '#interactions/sign-in/blocked.view.ts';
import { cookiesPage } from '#interactions/sign-in/cookies.view.ts';
import { passwordPage } from '#interactions/sign-in/password.view.ts';
import { stalePage } from '#interactions/sign-in/stale.view.ts';
import { errorPage } from '#interactions/views/error.view.ts';
import type { PageFrame } from '#interactions/views/page.ts';
import { helpPages } from './gallery-help.ts';
import { newPasswordPages } from './gallery-new-password.ts';
import { settingsPages } from './gallery-settings.ts';
import { stepPages } from './gallery-steps.ts';
import { recoveryPages } from './gallery-steps-recovery.ts';

/** A tenant as an operator would describe it, in the product's own colours. */
export const sampleTenant = tenantSchema.parse({
  name: 'Voorbeeld Verzuimbeheer',
  productName: 'Verzuim Portaal',
  applicationName: 'Verzuim Portaal',
  initiateLoginUri: 'https://verzuim.example/login',
  helpDesk: {
    email: 'helpdesk@verzuim.example',
    phone: '030 - 123 45 67',
    hours: { nl: 'werkdagen van 8.30 tot 17.00 uur', en: 'working days from 8:30 to 17:00' },
  },
});

/** A tenant with everything at its longest and colours that are hard to read as they come. */
export const awkwardTenant = tenantSchema.parse({
  ...sampleTenant,
  productName: 'Verzuimbegeleidingsportaal Noordoostelijke Zorgorganisaties',
  applicationName: 'Verzuimbegeleidingsportaal Noordoostelijke Zorgorganisaties',
  helpDesk: { email: 'helpdesk-verzuimbegeleiding@zorgorganisaties-noordoost.voorbeeld.example' },
  theme: { backdrop: '#c8e6a0', accent: '#ffd54f' },
});

const form =
  '<form id="op.logoutForm" method="post" action="/session/end/confirm"><input type="hidden" name="xsrf" value="0f0f"/></form>';
const login = { action: '/password', loginName: '' };
const known = { ...login, loginName: 'hr.manager', recoveryHref: '/recovery' };
const restartHref = 'https://verzuim.example/login';
const reference = 'K7QM-4ZT2';
const consent = {
  action: '/consent',
  denyAction: '/deny',
  clientName: 'Rapportage & Analyse',
  scopes: ['openid', 'profile', 'email', 'phone', 'roles', 'offline_access', 'planning:read'],
};
const at = Date.UTC(2026, 2, 9, 8, 41, 7);

/** Every page in every state. */
export const galleryPages: Readonly<Record<string, (frame: PageFrame) => string>> = {
  password: (frame) => passwordPage(frame, { ...login, recoveryHref: '/recovery' }),
  'password-known': (frame) => passwordPage(frame, { ...login, loginName: 'hr.manager' }),
  'password-wrong': (frame) =>
    passwordPage(frame, { ...login, loginName: 'hr.manager', problem: 'wrong', recoveryHref: '/recovery' }),
  'password-empty-name': (frame) => passwordPage(frame, { ...login, problem: 'empty-name' }),
  'password-empty-password': (frame) =>
    passwordPage(frame, { ...login, loginName: 'hr.manager', problem: 'empty-password' }),
  'password-malformed': (frame) => passwordPage(frame, { ...login, problem: 'malformed' }),
  'password-wait': (frame) =>
    passwordPage(frame, { ...login, loginName: 'hr.manager', problem: { wait: 120 } }),
  'password-shared': (frame) =>
    passwordPage(frame, { ...login, shared: 'chosen', recoveryHref: '/recovery' }),
  'password-shared-settled': (frame) =>
    passwordPage(frame, { ...login, shared: 'settled', recoveryHref: '/recovery' }),
  'password-for-settings': (frame) =>
    passwordPage(frame, { ...login, settings: 'visit', recoveryHref: '/recovery' }),
  'password-again': (frame) => passwordPage(frame, { ...known, settings: 'change' }),
  'password-elsewhere': (frame) => passwordPage(frame, { ...login, problem: 'elsewhere' }),
  ...stepPages,
  ...recoveryPages,
  ...newPasswordPages,
  ...helpPages,
  ...settingsPages,
  blocked: (frame) => blockedPage(frame, { reference, restartHref, why: 'tries', recoverHref: '/recover' }),
  'blocked-reported': (frame) =>
    blockedPage(frame, { reference, restartHref, why: 'reported', recoverHref: '/recover' }),
  'blocked-closed': (frame) =>
    blockedPage(frame, { reference, restartHref, why: 'closed', recoverHref: '/recover' }),
  'blocked-number-new': (frame) =>
    blockedPage(frame, {
      ...{ reference, restartHref, why: 'number-new', until: at, recoverHref: '/recover' },
    }),
  consent: (frame) => consentPage(frame, consent),
  error: (frame) => errorPage(frame, { reference, code: 'store-unavailable', restartHref }),
  'error-protocol': (frame) => errorPage(frame, { reference, code: 'invalid_redirect_uri' }),
  stale: (frame) => stalePage(frame, { restartHref }),
  cookies: (frame) => cookiesPage(frame, { restartHref }),
  'signed-out': (frame) => signedOutPage(frame, { restartHref }),
  logout: (frame) => logoutPage(frame, { form, autoSubmit: false, application: 'Verzuim Portaal' }),
  'logout-automatic': (frame) =>
    logoutPage(frame, { form, autoSubmit: true, application: 'Verzuim Portaal' }),
  outbox: (frame) =>
    outboxPage(frame, {
      refreshHref: '/outbox',
      messages: [
        {
          at,
          channel: 'sms',
          to: '+31612345678',
          text: '042137 is uw inlogcode. Geef hem aan niemand.\n@login.verzuim.example #042137',
        },
        { at: at - 60_000, channel: 'voice', to: '+31301234567', text: 'Uw inlogcode is 042137.' },
        {
          at: at - 3_600_000,
          channel: 'email',
          to: 'hr.manager@werkgever.example',
          subject: 'Uw account bij Voorbeeld Verzuimbeheer',
          text: 'U heeft een account. Uw inlognaam is hr.manager.\n\nMaak een wachtwoord:\nhttps://login.verzuim.example/invitation',
        },
      ],
    }),
  'outbox-empty': (frame) => outboxPage(frame, { refreshHref: '/outbox', messages: [] }),
};
