import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backupCodeFile } from '#interactions/enrolment/backup-code-paper.view.ts';
import { confirmEmailPage } from '#interactions/enrolment/confirm-email.view.ts';
import { enrolPage } from '#interactions/enrolment/method.view.ts';
import { securityQuestionPage } from '#interactions/enrolment/security-question.view.ts';
import { strongerPage } from '#interactions/enrolment/stronger.view.ts';
import { stuckPage } from '#interactions/sign-in/stuck.view.ts';
import { galleryPages } from '../../support/gallery-pages.ts';
import { sampleApp } from '../../support/gallery-steps.ts';
import { frameOf } from './frame.ts';

const frame = frameOf();
const passkey = { type: 'passkey', name: 'credential' } as const;
const wizard = {
  page: 'yubikey',
  action: '/enrol',
  explanationHref: '/explanation',
  optionsAction: '/options',
  startOverAction: '/over',
};

/** A page of the gallery, in Dutch. */
function shown(name: string, changes: Parameters<typeof frameOf>[0] = {}): string {
  const page = galleryPages[name];
  assert.ok(page, name);
  return page(frameOf(changes));
}

/** The forms of a page: where each posts, and what stands in it. */
function forms(page: string): Map<string, string> {
  const found = page.matchAll(/<form[^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/gs);
  return new Map([...found].map(([, action = '', inside = '']) => [action, inside]));
}

describe('the wizard keeps the words of printed manuals', () => {
  test('it opens with the literal heading, which then stands above the name of each method (R7)', () => {
    const heading = 'Een betere beveiliging voor vertrouwelijke gegevens';
    assert.match(shown('enrol-sms'), new RegExp(`<title>${heading} .*<h1>${heading}</h1>`, 's'));
    for (const [name, method] of [
      ['enrol-key', 'Passkey of YubiKey'],
      ['enrol', 'Code uit een app'],
    ]) {
      const page = shown(name ?? '');
      assert.match(page, new RegExp(`<title>${method} .*${heading}</p>\\s*<h1>${method}</h1>`, 's'));
      assert.doesNotMatch(page, new RegExp(`<h2>${method}`));
    }
  });

  test('each of its pages has its own Overslaan, in a form of its own (R8)', () => {
    for (const name of ['enrol-sms', 'enrol-key', 'enrol']) {
      const page = shown(name);
      assert.match(forms(page).get('/skip') ?? '', /<button class="quiet" id="skip">Overslaan<\/button>/);
      assert.match(page, /<a id="explanation" href="\/explanation">Uitleg<\/a>/);
      assert.match(page, /Stap \d van 5/);
    }
  });

  test('the page for a number says that codes are free, and which countries get them (R10)', () => {
    const page = shown('enrol-sms');
    assert.match(page, /<label for="phone">Mobiel telefoonnummer<\/label>/);
    assert.match(page, /Voor het ontvangen van codes betaalt u niets\./);
    assert.match(page, /Land: alleen nummers uit Nederland \(\+31\)/);
    assert.match(shown('enrol-sms', { locale: 'en' }), /only numbers from the Netherlands \(\+31\)/);
    assert.match(
      shown('enrol-sms-abroad'),
      /<summary id="country">Land<\/summary>.*Nederland \(\+31\) · België \(\+32\)/s,
    );
  });

  test('the backup code has its heading, its label and its buttons (R13)', () => {
    const page = shown('backup-code');
    assert.match(page, /<h1>U bent succesvol ingelogd<\/h1>/);
    assert.match(page, /<p id="backup-code-label">Back-upcode<\/p>/);
    assert.match(page, /id="backup-code"[^>]*>0756 6539</);
    assert.match(page, /id="send-backup-code">.*Stuur een SMS met de back-upcode<\/button>/);
    assert.match(page, /id="continue"[^>]*>Doorgaan<\/button>/);
    assert.match(page, /Een sms helpt niet als u uw telefoon vergeten bent\./);
  });

  test('no SMS is offered without a proved number', () => {
    const page = shown('backup-code-renewed');
    assert.doesNotMatch(page, /send-backup-code|Een sms helpt/);
    assert.doesNotMatch(page, /<h1>U bent succesvol ingelogd/);
  });

  test('the very first sign-in asks what R15 says, and the address alone where questions are off', () => {
    const page = shown('question');
    assert.match(page, /<h1>Eerste inlog<\/h1>/);
    for (const label of ['Beveiligingsvraag', 'Antwoord beveiligingsvraag', 'E-mailadres'])
      assert.match(page, new RegExp(`<label for="[a-z]+">${label}</label>`));
    assert.match(page, /id="save"[^>]*>Opslaan<\/button>/);
    assert.doesNotMatch(shown('question-email'), /<select|id="answer"/);
  });

  test('the help menu has its literal names (R17)', () => {
    const page = shown('stuck');
    assert.match(page, /<h1>Inloggen mislukt<\/h1>/);
    for (const name of ['SMS opnieuw versturen', 'Bel mij met de code', 'Gebruik back-upcode'])
      assert.ok(page.includes(`>${name}</span>`), name);
    assert.match(shown('second-sms'), /<a id="stuck" href="\/stuck">Inloggen mislukt<\/a>/);
  });
});

describe('forms post what the steps read', () => {
  test('every form of a method names its method', () => {
    const page = shown('enrol-key');
    assert.match(page, /name="method" value="webauthn"/);
    assert.match(page, /name="method" value="yubico-otp"/);
    assert.equal(page.match(/<input type="hidden" name="credential">/g)?.length, 1);
    assert.equal(page.match(/<input id="code"/g)?.length, 1);
  });

  test('a number is sent with the channel that was pressed, the usual one when Enter is', () => {
    const form = forms(shown('enrol-sms')).get('/enrol') ?? '';
    const pressed = [...form.matchAll(/name="channel" value="([a-z]+)"/g)].map(([, value]) => value);
    assert.deepEqual(pressed, ['sms', 'voice']);
  });

  test('a choice posts its method, a resend its channel', () => {
    const page = shown('stuck');
    assert.match(page, /id="method-totp" name="method" value="totp"/);
    assert.match(page, /id="use-backup-code" name="method" value="backup-code"/);
    assert.match(page, /id="resend-sms" name="channel" value="sms"/);
    assert.match(page, /id="call-me" name="channel" value="voice"/);
  });

  test('the page names the method that it asks for', () => {
    assert.match(shown('second-sms'), /<main data-step="second-step" data-method="sms">/);
  });

  test('a passkey’s button is not there until its script is, and says why without', () => {
    const page = shown('second-passkey');
    assert.match(
      page,
      /id="use-passkey" data-options="\/passkey-options" data-purpose="sign-in"[^>]* hidden>/,
    );
    assert.match(page, /class="cannot no-script"/);
    assert.match(page, /data-passkey-unsupported hidden/);
    assert.match(shown('enrol-key'), /data-purpose="set-up"/);
  });
});

describe('the wizard leads on', () => {
  test('after the first method a second is advised on the next page, which may still be skipped (R7)', () => {
    const page = shown('enrol-key-works');
    assert.match(page, /Dit werkt\. Nog een manier\?/);
    assert.match(page, /id="skip"/);
    assert.doesNotMatch(page, /Eén manier is verplicht/);
  });

  test('what is refused to be skipped has no button for it, and says why', () => {
    const page = shown('enrol-required');
    assert.doesNotMatch(page, /id="skip"/);
    assert.match(page, /id="not-skippable">Deze manier is verplicht/);
  });

  test('nobody is told to skip what they may not', () => {
    const methods = [sampleApp, { ...sampleApp, kind: 'webauthn', field: passkey, blocks: [] }];
    const page = { ...wizard, methods };
    assert.match(enrolPage(frame, { ...page, skipAction: '/skip' }), /Sla dit over\./);
    assert.doesNotMatch(enrolPage(frame, page), /[Ss]la dit over/);
  });

  test('the error of one method stands at that method alone', () => {
    const page = shown('enrol-key-code-wrong');
    assert.equal(page.match(/class="error"/g)?.length, 1);
    assert.match(page, /<a href="#code">Dit is geen code van een YubiKey\.<\/a>/);
    assert.doesNotMatch(shown('enrol-key-cancelled'), /aria-invalid/);
  });

  test('who has two ways already hears so, and is asked for no more', () => {
    assert.match(shown('enrol-works-last'), /id="works"><strong>Dit werkt\. Nog een manier\?</);
    assert.match(
      shown('enrol-works-many'),
      /id="works"><strong>Dit werkt\. U heeft nu 2 manieren om in te loggen\.</,
    );
  });

  test('who skips the last way and has none finds the way back under the refusal, above the way on', () => {
    const page = shown('enrol-none-chosen');
    const order = [
      'id="error-summary"',
      'Ga terug naar de vorige manier',
      'id="back"',
      'id="code"',
      'id="skip"',
    ];
    const places = order.map((part) => page.indexOf(part));
    assert.ok(!places.includes(-1), places.join());
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert.match(page, /<button class="secondary" id="back">/);
    assert.doesNotMatch(page, /class="skip"/);
  });

  test('the code that a YubiKey types is the second best only where a passkey is offered above it', () => {
    assert.match(shown('enrol-key'), /Lukt dit niet\? Laat uw YubiKey een code typen\./);
    assert.match(shown('enrol-code-alone'), />Laat uw YubiKey een code typen\./);
    assert.doesNotMatch(shown('enrol-code-alone'), /class="or"/);
  });

  test('a name may be given under the button, and none is asked for a number', () => {
    const page = shown('enrol');
    assert.ok(page.indexOf('id="continue"') < page.indexOf('id="naming-totp"'));
    assert.match(shown('enrol-wrong'), /<details class="naming" open>.* value="Telefoon van werk"/s);
    assert.doesNotMatch(shown('enrol-sms-code'), /name="label"/);
  });

  test('an application that demands more is named', () => {
    assert.match(shown('enrol-key-demanded'), /Medisch dossier vraagt om een passkey/);
  });
});

describe('somebody who is stuck', () => {
  const page = { backHref: '/', others: [], reference: 'K7QM-4ZT2', startOverAction: '/over' };

  test('without another way is sent to the help desk, not to a list without entries', () => {
    const html = stuckPage(frame, page);
    assert.match(html, /U heeft geen andere manier ingesteld/);
    assert.match(html, /mailto:helpdesk@verzuim\.example/);
    assert.doesNotMatch(html, /class="choices"|id="other-number"/);
  });

  test('reads how long to wait before the next code, in words and without script', () => {
    const html = shown('stuck-wait');
    assert.match(html, /U kunt over 30 seconden weer een sms vragen\./);
    assert.match(html, /id="resend-sms"[^>]* data-wait="30"/);
  });

  test('reads the news of a message, and where later news comes from', () => {
    assert.match(
      shown('stuck-wait'),
      /role="status" data-delivery="\/delivery"[^>]*>De sms is onderweg\. Uw provider heeft hem nog niet bezorgd\.</,
    );
    assert.doesNotMatch(shown('second-sms'), /De sms is onderweg[^"]*<\/p>/);
  });

  test('is asked what is wrong before the link that helps', () => {
    assert.match(
      shown('second-sms'),
      /Geen code of lukt het niet\?<\/p>\s*<p class="ways-out"><a id="stuck"/,
    );
    assert.match(shown('second-passkey'), /Geen passkey of sleutel bij u, of lukt het niet\?/);
  });

  test('is told that only the newest code works', () => {
    assert.match(shown('second-sms-again'), /Nieuwe sms verstuurd\. De oude code werkt niet meer\./);
    assert.doesNotMatch(shown('second-sms'), /id="sent-again"/);
  });
});

describe('security question page', () => {
  test('links to every field that is wrong, keeps what was typed and puts the cursor at the first', () => {
    const page = shown('question-wrong');
    assert.match(page, /<title>Fout: Eerste inlog/);
    assert.match(page, /<li><a href="#answer">Dit antwoord is te kort\..*<li><a href="#email">/s);
    assert.match(page, /<input id="answer"[^>]* value="hr"[^>]* aria-invalid="true" autofocus/);
    assert.match(page, /<input id="email"[^>]* value="hr.manager"[^>]* aria-invalid="true"(?! autofocus)/);
    assert.match(page, /<option value="first-concert" selected>/);
    assert.doesNotMatch(page, /<select[^>]*aria-invalid/);
  });

  test('has words for every reason, and for one it does not know', () => {
    const reasons = {
      question: ['required', 'unknown', 'new'],
      answer: [
        'required',
        'too-short',
        'same-as-question',
        'login-name',
        'own-name',
        'organisation',
        'too-simple',
        'new',
      ],
      email: ['required', 'malformed', 'new'],
    };
    for (const [field, names] of Object.entries(reasons)) {
      for (const name of names) {
        const page = securityQuestionPage(frame, {
          action: '/',
          questions: [],
          typed: { question: '', answer: '', email: '' },
          problems: { [field]: name },
        });
        assert.match(page, new RegExp(`id="${field}-error">.*[.]</p>`), `${field} ${name}`);
      }
    }
  });
});

describe('confirming an address', () => {
  const page = { action: '/', email: 'a@b.example', sendAction: '/send', skipAction: '/skip' };

  test('asks for the code only when one was sent', () => {
    const before = confirmEmailPage(frame, { ...page, sent: undefined });
    assert.doesNotMatch(before, /id="code"/);
    assert.match(before, /class="primary" id="send-email"/);
    assert.match(confirmEmailPage(frame, { ...page, sent: 'sent' }), /<input id="code"/);
  });

  test('shows the address whole, to be broken behind the @ and dots and at no hyphen', () => {
    const email = 'a-b.jansen-de-vries@zorg-noord.example';
    const [, address = ''] =
      /<strong class="address">(.*?)<\/strong>/.exec(
        confirmEmailPage(frame, { ...page, email, sent: 'sent' }),
      ) ?? [];
    assert.equal(address.replace(/<[^>]+>/g, ''), email);
    assert.deepEqual(address.replace(/<\/?span>/g, '').split('<wbr>'), [
      ...['a-b.', 'jansen-de-vries@', 'zorg-noord.', 'example'],
    ]);
    assert.deepEqual(address.replace(/<span>[^<]*<\/span>/g, '').match(/-/g), null);
  });

  test('can always be skipped with one click (R15)', () => {
    for (const sent of ['sent', 'again', 'unavailable', undefined] as const)
      assert.match(forms(confirmEmailPage(frame, { ...page, sent })).get('/skip') ?? '', /id="skip"/);
  });
});

describe('texts that people chose', () => {
  const hostile = `"'><img src=x onerror=alert(1)></title>`;

  test('never become HTML', () => {
    const pages = [
      stuckPage(frame, {
        backHref: hostile,
        resend: { action: hostile, channels: ['sms'], ending: hostile },
        others: [{ kind: 'totp', icon: hostile, label: hostile, action: hostile }],
        reference: hostile,
        startOverAction: hostile,
      }),
      securityQuestionPage(frame, {
        action: hostile,
        questions: [{ key: hostile, text: hostile }],
        typed: { question: hostile, answer: hostile, email: hostile },
        problems: {},
      }),
      confirmEmailPage(frame, {
        action: hostile,
        email: hostile,
        sent: 'sent',
        sendAction: hostile,
        skipAction: hostile,
      }),
      strongerPage(frame, { why: 'not-allowed', applicationName: hostile, giveUpAction: hostile }),
    ];
    for (const page of pages) assert.doesNotMatch(page, /<img|"'>/);
  });
});

describe('backup code as a file', () => {
  test('says what it is, whose, where and since when, in lines that every editor shows', () => {
    const text = backupCodeFile(frame.t, {
      code: '0056 6539',
      loginName: 'hr.manager',
      hostName: 'login.verzuim.example',
      madeAt: Date.UTC(2026, 2, 9, 23, 30),
      locale: 'nl',
      productName: 'Verzuim Portaal',
    });
    assert.match(text, /^Verzuim Portaal\r\n\r\nBack-upcode: 0056 6539\r\nInlognaam: hr\.manager\r\n/);
    assert.match(text, /login\.verzuim\.example\r\nGemaakt op: 10 maart 2026\r\n/);
    assert.doesNotMatch(text, /[^\r]\n/);
  });
});
