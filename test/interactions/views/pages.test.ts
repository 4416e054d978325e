import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tenantSchema } from '#config/tenant.ts';
import { consentPage } from '#interactions/consent/consent.view.ts';
import { outboxPage } from '#interactions/dev/outbox.view.ts';
import { enrolPage } from '#interactions/enrolment/method.view.ts';
import { logoutPage } from '#interactions/session/logout.view.ts';
import { passwordPage } from '#interactions/sign-in/password.view.ts';
import { secondStepPage } from '#interactions/sign-in/second-step.view.ts';
import { errorPage } from '#interactions/views/error.view.ts';
import { galleryPages, sampleTenant } from '../../support/gallery-pages.ts';
import { sampleApp, sampleField } from '../../support/gallery-steps.ts';
import { frameOf } from './frame.ts';

const hostile = `"'><img src=x onerror=alert(1)></title></script>&lt;`;
const login = { action: '/password', loginName: '' };
const second = {
  action: '/code',
  method: { kind: 'totp', icon: 'app' },
  field: sampleField,
  loginName: 'hr.manager',
  stuckHref: '/stuck',
  startOverAction: '/over',
  optionsAction: '/options',
};
const enrol = {
  page: 'app',
  action: '/enrol',
  explanationHref: '/explanation',
  optionsAction: '/options',
  startOverAction: '/over',
};

const hostileTenant = {
  ...tenantSchema.parse({ ...sampleTenant, notice: { nl: hostile, en: hostile } }),
  name: hostile,
  productName: hostile,
  applicationName: hostile,
  helpDesk: { email: hostile, phone: hostile, hours: { nl: hostile, en: hostile } },
  theme: { backdrop: hostile, accent: hostile },
};

/* What may be harmful is any tag or attribute that the text managed to open. */
function assertHarmless(page: string): void {
  assert.doesNotMatch(page, /<img/);
  assert.doesNotMatch(page, /<\/script>&lt;/);
  assert.doesNotMatch(page, /"'>/);
}

describe('every page', () => {
  for (const [name, page] of Object.entries(galleryPages)) {
    test(`${name}: says its language, its step, its title and the product`, () => {
      const html = page(frameOf({ locale: 'en' }));
      assert.match(html, /^<!doctype html>\n<html lang="en">/);
      assert.match(html, /<main data-step="[a-z-]+"/);
      assert.match(html, /<title>[^<]+ – Verzuim Portaal<\/title>/);
      assert.equal(html.match(/<h1>/g)?.length, 1);
    });

    test(`${name}: gives every button, link and field a name of its own`, () => {
      const html = page(frameOf());
      const controls = html.match(/<(button|input|summary)\b[^>]*>/g) ?? [];
      for (const control of controls) {
        assert.match(control, / id="|type="hidden"/, control);
      }
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual(ids, [...new Set(ids)]);
      assert.ok(ids.includes('language-nl') && ids.includes('language-en'));
    });

    test(`${name}: carries no inline script or style, which the content security policy would refuse`, () => {
      const html = page(frameOf());
      assert.doesNotMatch(html, / style="|<style| on[a-z]+="|javascript:/);
      assert.doesNotMatch(html, /<script(?! type="module" src="\/assets\/)/);
    });

    test(`${name}: lets no text of the tenant become HTML`, () => {
      assertHarmless(page(frameOf({ tenant: hostileTenant, back: hostile, languageAction: hostile })));
    });

    test(`${name}: leaves no variable unfilled`, () => {
      assert.doesNotMatch(page(frameOf()), /\{\{|\}\}|\bundefined\b|\[object|[\u{e000}\u{e001}]/u);
    });
  }
});

describe('texts that others chose', () => {
  const frame = frameOf();

  test('a login name is shown as typed, never as HTML', () => {
    const page = passwordPage(frame, { ...login, loginName: hostile, problem: 'wrong' });
    assertHarmless(page);
    assert.match(page, /value="&quot;&#39;&gt;&lt;img src=x/);
    assertHarmless(secondStepPage(frame, { ...second, loginName: hostile }));
  });

  test('a client’s name and scopes never become HTML', () => {
    const page = { action: hostile, denyAction: hostile, clientName: hostile, scopes: [hostile] };
    assertHarmless(consentPage(frame, page));
  });

  test('what goes into a QR code, a key or an error code never becomes HTML', () => {
    const blocks = [
      { kind: 'qr' as const, content: `otpauth:${hostile}` },
      { kind: 'key' as const, content: hostile },
    ];
    assertHarmless(enrolPage(frame, { ...enrol, action: hostile, methods: [{ ...sampleApp, blocks }] }));
    assertHarmless(errorPage(frame, { reference: hostile, code: hostile, restartHref: hostile }));
    assertHarmless(logoutPage(frame, { form: '', autoSubmit: true, application: hostile }));
    const message = { at: 0, channel: 'email' as const, to: hostile, subject: hostile, text: hostile };
    assertHarmless(outboxPage(frame, { messages: [message], refreshHref: hostile }));
  });
});

describe('password page', () => {
  const frame = frameOf();

  test('has the controls that printed manuals name, and the notice on every visit (R3, R4)', () => {
    const page = passwordPage(frame, { ...login, recoveryHref: '/recovery' });
    assert.match(page, /<label for="login-name">Inlognaam<\/label>/);
    assert.match(page, /<label for="password">Wachtwoord<\/label>/);
    assert.match(page, /<button class="primary" id="sign-in"[^>]*>Inloggen<\/button>/);
    assert.match(page, /<a id="forgotten" href="\/recovery">Inloggegevens vergeten\?<\/a>/);
    assert.ok(page.includes(frame.tenant.notice.nl));
  });

  test('has no link to a recovery that is not there', () => {
    assert.doesNotMatch(passwordPage(frame, login), /vergeten/);
  });

  test('keeps the login name and never a password', () => {
    const page = passwordPage(frame, { ...login, loginName: 'hr.manager', problem: 'wrong' });
    assert.match(page, /<input id="login-name"[^>]* value="hr.manager"/);
    assert.doesNotMatch(page, /<input id="password"[^>]* value=/);
  });

  test('says what is wrong at the top and at the field, and puts the cursor there', () => {
    const page = passwordPage(frame, { ...login, loginName: 'hr.manager', problem: 'wrong' });
    assert.match(page, /<title>Fout: Inloggen/);
    assert.match(page, /role="alert"[^>]*>.*<a href="#password">Inlognaam of wachtwoord klopt niet\.<\/a>/);
    assert.match(
      page,
      /<p class="error" id="password-error">.*Let op hoofdletters, leestekens en kleine letters\./,
    );
    assert.match(
      page,
      /<input id="password"[^>]* aria-describedby="password-error" aria-invalid="true" autofocus/,
    );
    assert.match(
      page,
      /<input id="login-name"[^>]* aria-describedby="login-name-hint" aria-invalid="true"(?! autofocus)/,
    );
  });

  test('a login name left empty is what gets the cursor and the error', () => {
    const page = passwordPage(frame, { ...login, problem: 'empty-name' });
    assert.match(
      page,
      /<input id="login-name"[^>]* aria-describedby="login-name-hint login-name-error" aria-invalid="true" autofocus/,
    );
    assert.doesNotMatch(page, /<input id="password"[^>]* aria-invalid/);
  });

  test('a wait is said in words and counted on the button', () => {
    const page = passwordPage(frame, { ...login, loginName: 'hr.manager', problem: { wait: 120 } });
    assert.ok(
      page.includes('U heeft het te vaak geprobeerd. Wacht 2 minuten. Daarna mag u het opnieuw proberen.'),
    );
    assert.match(page, /id="sign-in"[^>]* data-wait="120"/);
    assert.doesNotMatch(page, /aria-invalid/);
  });

  test('asks quietly whether others use the computer too, before the button and ticked only as chosen', () => {
    const page = passwordPage(frame, login);
    assert.match(
      page,
      /<input id="shared" name="shared" type="checkbox" value="yes" aria-describedby="shared-hint">/,
    );
    assert.match(page, /<label for="shared">Dit is een gedeelde computer<\/label>/);
    const order = ['id="password"', 'id="shared"', 'id="sign-in"'].map((control) => page.indexOf(control));
    assert.deepEqual(
      order,
      order.toSorted((one, other) => one - other),
    );
    assert.match(passwordPage(frame, { ...login, shared: 'chosen' }), /<input id="shared"[^>]* checked>/);
    assert.doesNotMatch(passwordPage(frame, { ...login, shared: 'settled' }), /<input id="shared"/);
  });

  test('says what it is for when it is for the settings, and leads back only who is signed in', () => {
    assert.doesNotMatch(passwordPage(frame, login), /id="aim"|id="to-settings"/);
    const visit = passwordPage(frame, { ...login, settings: 'visit' });
    assert.match(visit, /id="aim">Log in om uw instellingen te zien\./);
    assert.doesNotMatch(visit, /id="to-settings"/);
    const change = passwordPage(frame, { ...login, settings: 'change' });
    assert.match(change, /id="aim">U wijzigt iets belangrijks\. Log daarom nog een keer in\./);
    assert.match(change, /<a id="to-settings" href="\/account">Terug naar instellingen<\/a>/);
  });

  test('an untouched page announces no error', () => {
    const page = passwordPage(frame, login);
    assert.doesNotMatch(page, /role="alert"|Fout:|aria-invalid/);
  });
});

describe('code pages', () => {
  const frame = frameOf({ locale: 'en' });

  test('ask for one code, in a field made for it', () => {
    const page = secondStepPage(frame, second);
    assert.equal(page.match(/<input (?!type="hidden")/g)?.length, 1);
    assert.match(page, /<input id="code" name="code"[^>]*inputmode="numeric" autocomplete="one-time-code"/);
  });

  test('take what the method allows, and know when a pasted code is whole', () => {
    assert.match(secondStepPage(frame, second), /maxlength="12" data-whole="6"/);
  });

  test('show the method’s own advice after a wrong code', () => {
    const problem = { kind: 'refused', method: 'totp', reason: 'wrong' } as const;
    const page = secondStepPage(frame, { ...second, problem });
    assert.match(page, /<a href="#code">This code is not correct\.<\/a>/);
    assert.match(page, /id="code-error">.*Is the time on your phone set to automatic\?/);
    assert.match(
      page,
      /<input id="code"[^>]* aria-describedby="code-hint code-error" aria-invalid="true" autofocus/,
    );
  });

  test('the set-up page shows the key in groups of four and a QR code with a name', () => {
    const blocks = [
      { kind: 'qr' as const, content: 'otpauth://totp/a?secret=ABCDEFGHIJ' },
      { kind: 'key' as const, content: 'ABCDEFGHIJ' },
    ];
    const methods = [{ ...sampleApp, blocks }];
    const page = enrolPage(frame, { ...enrol, methods, progress: { n: 2, m: 3 } });
    assert.match(page, /<span>ABCD<\/span> <span>EFGH<\/span> <span>IJ<\/span>/);
    assert.match(page, /data-copy="ABCDEFGHIJ"/);
    assert.match(page, /<svg class="qr" role="img" aria-label="QR code for your app"/);
    assert.match(page, /Step 2 of 3/);
    assert.doesNotMatch(page, /autofocus/);
  });

  test('the set-up page has its literal heading (R7)', () => {
    const page = enrolPage(frameOf(), { ...enrol, methods: [sampleApp] });
    assert.match(page, /<h1>Een betere beveiliging voor vertrouwelijke gegevens<\/h1>/);
  });
});

describe('sign-out page', () => {
  const form =
    '<form id="op.logoutForm" method="post" action="/end"><input type="hidden" name="xsrf" value="1"/></form>';

  test('hands the protocol’s form on as it came, with a button for yes and a quiet one for no', () => {
    const page = logoutPage(frameOf(), { form, autoSubmit: false, application: 'Verzuim' });
    assert.ok(page.includes(form));
    assert.match(
      page,
      /<button class="primary" id="sign-out" form="op.logoutForm" name="logout" value="yes"/,
    );
    assert.match(page, /<button class="quiet" id="stay-signed-in" form="op.logoutForm">/);
  });
});

describe('error page', () => {
  test('chooses its words by the failure, and shows number, code and help desk (R25)', () => {
    const outage = errorPage(frameOf(), { reference: 'K7QM-4ZT2', code: 'store-unavailable' });
    assert.match(outage, /door een storing/);
    assert.match(outage, /<strong id="reference">K7QM-4ZT2<\/strong>/);
    assert.match(outage, /mailto:helpdesk@verzuim\.example/);
    assert.match(outage, /data-copy="K7QM-4ZT2"/);
    assert.match(errorPage(frameOf(), { reference: '1', code: 'invalid_client' }), /verkeerde opdracht/);
    assert.match(errorPage(frameOf(), { reference: '1', code: 'toString' }), /Dit ligt aan ons/);
  });
});
