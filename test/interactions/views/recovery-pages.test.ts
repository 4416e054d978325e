import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTexts, locales } from '#interactions/i18n.ts';
import { askPage } from '#interactions/recovery/ask.view.ts';
import { recoverCodePage, recoverDeadPage } from '#interactions/recovery/code.view.ts';
import { recoverDonePage } from '#interactions/recovery/done.view.ts';
import { recoverLinkPage } from '#interactions/recovery/link.view.ts';
import { newPasswordPage } from '#interactions/recovery/new-password.view.ts';
import { notMeDeadPage, notMeDonePage, notMePage } from '#interactions/recovery/not-me.view.ts';
import { placeOfInteraction, recoveryPlace } from '#interactions/recovery/place.ts';
import { recoverQuestionPage } from '#interactions/recovery/question.view.ts';
import { recoverPage } from '#interactions/recovery/recover.view.ts';
import { renderRecovery } from '#interactions/recovery/render-recovery.ts';
import { recoverSentPage } from '#interactions/recovery/sent.view.ts';
import { lifeInWords } from '#interactions/views/duration.ts';
import type { RecoveryAt } from '#src/recovery/recovery-flow.ts';
import { recoveryPages } from '../../support/gallery-steps-recovery.ts';
import { frameOf } from './frame.ts';

const frame = frameOf();
const texts = createTexts();
const place = placeOfInteraction('abc');
const alone = recoveryPlace('https://verzuim.example/login', undefined);
const hostile = `"'><img src=x onerror=alert(1)>`;
const now = Date.UTC(2026, 2, 9, 8);

const fieldsOf = (page: string) =>
  [...page.matchAll(/<input (?!type="hidden"|class="unseen")[^>]*name="([^"]+)"/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'locale');

describe('the choice of what was lost', () => {
  test('has the words that printed manuals name (R19), and each leads on with the sign-in it came from', () => {
    const page = recoverPage(frame, place);
    assert.match(page, /<h1>Wat bent u kwijt\?<\/h1>/);
    assert.match(
      page,
      /<a class="choice" id="recover-login-name" href="\/recover\/login-name\?from=abc">.*Loginnaam opvragen/,
    );
    assert.match(
      page,
      /<a class="choice" id="recover-password" href="\/recover\/password\?from=abc">.*Wachtwoord aanvragen/,
    );
    assert.match(page, /<a id="back" href="\/interaction\/abc">Terug naar inloggen<\/a>/);
  });

  test('leads to a new sign-in where it was opened without one', () => {
    const page = recoverPage(frame, alone);
    assert.match(page, /id="recover-password" href="\/recover\/password"/);
    assert.match(page, /id="back" href="https:\/\/verzuim\.example\/login"/);
  });

  test('sends who can’t use mail to the help desk, and who lost a phone to the ways beside it', () => {
    const page = recoverPage(frame, place);
    assert.match(page, /Kunt u niet meer bij uw e-mail\? Vraag de helpdesk om hulp: <a href="mailto:/);
    assert.match(page, /Alleen uw telefoon of sleutel kwijt\?.*back-upcode/);
  });
});

describe('asking for a mail', () => {
  test('says what will happen before it asks, and for how long the link will work (R19)', () => {
    const page = askPage(frame, { lost: 'password', place, typed: '' });
    assert.ok(page.indexOf('<ol') < page.indexOf('<form method="post" action="/recover/password?from=abc"'));
    assert.match(page, /Ze werken 30 minuten\./);
    assert.deepEqual(fieldsOf(page), ['login_name']);
    assert.deepEqual(fieldsOf(askPage(frame, { lost: 'login-name', place, typed: '' })), ['email']);
  });

  test('keeps what was typed when it must wait, counts down and says what else is possible', () => {
    const page = askPage(frame, { lost: 'password', place, typed: 'hr.manager', problem: { wait: 1200 } });
    assert.match(page, /id="login-name"[^>]* value="hr\.manager"/);
    assert.match(page, /Wacht 20 minuten/);
    assert.match(page, /id="send-mail"[^>]* data-wait="1200"/);
    assert.match(page, /Heeft u haast\? Vraag de helpdesk om hulp: <a/);
  });

  test('ties what is missing to its field, and puts the cursor there', () => {
    const page = askPage(frame, { lost: 'login-name', place, typed: '', problem: 'empty' });
    assert.match(page, /<a href="#email">Vul uw e-mailadres in\.<\/a>/);
    assert.match(
      page,
      /id="email"[^>]* aria-describedby="email-hint email-error" aria-invalid="true" autofocus/,
    );
  });
});

describe('after a mail was asked for', () => {
  const sent = { place, lost: 'password', typed: 'hr.manager' } as const;

  test('the page tells nobody who exists: it depends on what was typed alone', () => {
    const one = recoverSentPage(frame, sent);
    const other = recoverSentPage(frame, { ...sent, typed: 'nobody.here' });
    assert.equal(one.replaceAll('hr.manager', 'nobody.here'), other);
    assert.match(one, /Kennen wij dit adres[^.]*\? Dan krijgt u een e-mail, meestal binnen 5 minuten\./);
  });

  test('it says what to do when nothing comes (R22)', () => {
    for (const lost of ['password', 'login-name'] as const) {
      const page = recoverSentPage(frame, { ...sent, lost });
      for (const advice of [/ongewenste e-mail/, /als veilig/, /afzender/, /Vraag de helpdesk om hulp/])
        assert.match(page, advice);
    }
  });

  test('the code can be typed here for a password, and there is none for a login name', () => {
    assert.match(recoverSentPage(frame, sent), /<form method="post" action="\/recover\/code\?from=abc"/);
    assert.doesNotMatch(recoverSentPage(frame, { ...sent, lost: 'login-name' }), /recover\/code/);
  });

  test('the mail can be asked for again with one press, once the wait is over', () => {
    const page = recoverSentPage(frame, { ...sent, waitSeconds: 40 });
    assert.match(
      page,
      /action="\/recover\/password\?from=abc"><input type="hidden" name="login_name" value="hr\.manager">/,
    );
    assert.match(page, /id="send-mail" data-wait="40"/);
  });
});

describe('what a recovery shows of its flow', () => {
  const at: RecoveryAt<'sent'> = { step: 'sent', lost: 'password', typed: 'hr.manager', at: now };
  const show = (flow: Parameters<typeof renderRecovery>[0], at = now) =>
    renderRecovery(flow, { frame, place }, { now: at });

  test('a mail refused for now does not hold up the code of the one before', () => {
    const problem = { kind: 'wait', until: now + 3_600_000 } as const;
    const page = show({ ...at, refused: { form: 'password', typed: 'hr.manager', problem } });
    assert.doesNotMatch(page, /role="alert"/);
    assert.match(page, /<button class="primary" id="continue" data-busy="[^"]*">/);
  });

  test('a code is refused beside its field, and a wait for it ends by itself', () => {
    const wrong = show({ ...at, refused: { form: 'code', problem: { kind: 'wrong' } } });
    assert.match(wrong, /<a href="#code">Deze code klopt niet\./);
    const waiting = {
      ...at,
      refused: { form: 'code' as const, problem: { kind: 'wait' as const, until: now + 1 } },
    };
    assert.match(show(waiting), /id="continue"[^>]* data-wait="1"/);
    assert.doesNotMatch(show(waiting, now + 1), /role="alert"/);
  });

  test('asking again is held back for a minute', () => {
    assert.match(show(at), /id="send-mail" data-wait="60"/);
    assert.doesNotMatch(show(at, now + 60_000), /data-wait/);
  });
});

describe('the page of a link', () => {
  const page = recoverLinkPage(frame, { place, token: 'T0k', purpose: 'reset' });

  test('has one button, which posts what stands in the link; nothing posts by itself', () => {
    assert.match(page, /Klik op Verder om een nieuw wachtwoord te maken\./);
    assert.match(
      page,
      /<form method="post" action="\/recover\/link\?from=abc">\s*<input type="hidden" name="token" value="T0k">\s*<button class="primary" id="continue"[^>]*>Verder<\/button>/,
    );
    assert.doesNotMatch(page, /auto-submit|http-equiv/);
  });

  test('welcomes who was invited, by organisation and product', () => {
    const welcome = recoverLinkPage(frame, { place, token: 'T0k', purpose: 'invitation' });
    assert.match(welcome, /<h1>Welkom bij Verzuim Portaal<\/h1>/);
    assert.match(welcome, /Voorbeeld Verzuimbeheer/);
  });

  test('that is dead says what to do, takes the code, and sends an old invitation to the help desk', () => {
    const dead = recoverDeadPage(frame, { place });
    assert.match(dead, /Deze link werkt niet meer\. Vraag een nieuwe, of vul de code uit de e-mail in\./);
    assert.deepEqual(fieldsOf(dead), ['login_name', 'code']);
    assert.match(dead, /id="ask-again" href="\/recover\/password\?from=abc"/);
    assert.match(dead, /Was dit een uitnodiging\? Vraag de helpdesk om een nieuwe: <a/);
  });

  test('a code keeps the name it was typed with, and is never shown again itself', () => {
    const again = recoverCodePage(frame, { place, loginName: 'hr.manager', problem: 'wrong' });
    assert.match(again, /id="login-name"[^>]* value="hr\.manager"/);
    assert.doesNotMatch(again, /id="code"[^>]* value=/);
  });
});

describe('question and new password', () => {
  test('the question is the label of its one field, as the person chose it', () => {
    const page = recoverQuestionPage(frame, { place, question: 'Wie <was> het?', problem: 'wrong' });
    assert.match(page, /<label for="answer">Wie &lt;was&gt; het\?<\/label>/);
    assert.doesNotMatch(page, /id="answer"[^>]* value=/);
    assert.match(page, /Antwoord vergeten\? Vraag de helpdesk om hulp/);
  });

  const fresh = { place, purpose: 'reset', loginName: 'hr.manager', faults: [] } as const;

  test('the rules stand before the field, and whose password it is', () => {
    const page = newPasswordPage(frame, fresh);
    assert.ok(page.indexOf('id="password-rules"') < page.indexOf('id="password"'));
    assert.match(page, /Minstens 12 tekens\. Een zin is ook goed\./);
    assert.match(page, /<strong>hr\.manager<\/strong>/);
    assert.match(page, /autocomplete="username"[^>]*>|value="hr\.manager" autocomplete="username"/);
  });

  test('every reason of the rules has words of its own, in both languages', () => {
    const faults = ['malformed', 'too-short', 'too-long', 'listed', 'context', 'empty', 'leaked', 'same'];
    for (const locale of locales) {
      const pages = faults.map((fault) =>
        newPasswordPage(frameOf({ locale }), { ...fresh, faults: [fault] }),
      );
      const said = pages.map((page) => /id="password-error">.*?<\/svg>([^<]+)</.exec(page)?.[1]);
      assert.equal(new Set(said).size, faults.length);
      assert.ok(said.every((text) => text !== undefined));
    }
  });

  test('it is done, and the sign-in that it began at follows, with the second step (ground rule 1)', () => {
    const page = recoverDonePage(frame, { place, purpose: 'reset', loginName: 'hr.manager' });
    assert.match(page, /Uw wachtwoord is gewijzigd\. Op andere apparaten bent u uitgelogd\./);
    // Anew: it may have got to the page for blocked people, or know the password that is no more.
    assert.match(
      page,
      /<form method="post" action="\/interaction\/abc\/start-over">\s*<button[^>]*id="sign-in"/,
    );
    const elsewhere = recoverDonePage(frame, { place: alone, purpose: 'reset', loginName: 'hr.manager' });
    assert.match(
      elsewhere,
      /<a class="primary" id="sign-in" href="https:\/\/verzuim\.example\/login">Inloggen<\/a>/,
    );
  });
});

describe('"this was not me"', () => {
  test('says what its button does before it does it', () => {
    const page = notMePage(frame, { place: alone, token: 'T0k' });
    const button = page.indexOf('id="confirm-not-me"');
    for (const text of ['overal uitgelogd', 'kan niemand meer inloggen']) {
      assert.ok(page.indexOf(text) > 0 && page.indexOf(text) < button, text);
    }
    assert.match(
      page,
      /<form method="post" action="\/not-me">\s*<input type="hidden" name="token" value="T0k">/,
    );
  });

  test('leads on to a new password and the help desk, also when its link is dead', () => {
    for (const page of [notMeDonePage(frame, alone), notMeDeadPage(frame, alone)]) {
      assert.match(page, /id="recover-password" href="\/recover\/password"/);
      assert.match(page, /Vraag de helpdesk om hulp: <a/);
    }
  });
});

describe('every page of recovery', () => {
  for (const [name, page] of Object.entries(recoveryPages)) {
    test(`${name}: leads back to the sign-in or on, and every form knows where it came from`, () => {
      const shown = page(frame);
      if (!/data-step="not-me/.test(shown)) assert.match(shown, /(?:href|action)="\/interaction\//);
      const actions = [...shown.matchAll(/<form[^>]* action="([^"]+)"/g)].map(([, action]) => action);
      for (const action of actions.filter((path) => path !== '/language'))
        assert.match(action ?? '', /\?from=|^\/interaction\//);
    });
  }

  test('shows what was typed, the question and the login name as text', () => {
    const pages = [
      askPage(frame, { lost: 'password', place, typed: hostile }),
      recoverSentPage(frame, { lost: 'password', place, typed: hostile }),
      recoverCodePage(frame, { place, loginName: hostile }),
      recoverQuestionPage(frame, { place, question: hostile }),
      newPasswordPage(frame, { place, purpose: 'reset', loginName: hostile, faults: [hostile] }),
      recoverDonePage(frame, { place, purpose: 'reset', loginName: hostile }),
      recoverLinkPage(frame, { place, token: hostile, purpose: 'reset' }),
      notMePage(frame, { place, token: hostile }),
    ];
    for (const page of pages) assert.doesNotMatch(page, /<img|"'>/);
  });
});

test('how long something works is said in whole hours where it is, and never as longer than it is', () => {
  assert.equal(lifeInWords(30, 'nl'), '30 minuten');
  assert.equal(lifeInWords(60, 'nl'), '1 uur');
  assert.equal(lifeInWords(1440, 'en'), '24 hours');
  assert.equal(lifeInWords(90, 'nl'), '90 minuten');
  assert.equal(texts.for('nl')('recover.title'), 'Wat bent u kwijt?');
});
