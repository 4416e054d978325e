import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTexts, isTextKey, locales, textKey } from '#interactions/i18n.ts';
import { problemError } from '#interactions/views/step-problem.ts';
import type { Refusal } from '#src/sign-in/factor.ts';
import { sampleField } from '../../support/gallery-steps.ts';
import { frameOf } from './frame.ts';

/* As an object, so that a new refusal without a line here does not compile. */
const refusals = Object.keys({
  empty: true,
  malformed: true,
  wrong: true,
  clock: true,
  used: true,
  foreign: true,
  expired: true,
  taken: true,
  'too-many': true,
  unavailable: true,
  undeliverable: true,
  'phone-number': true,
  'phone-country': true,
  'phone-shared': true,
  cancelled: true,
  unsupported: true,
} satisfies Record<Refusal, true>).filter((reason): reason is Refusal => isTextKey(`problem.${reason}.what`));

const kinds = ['sms', 'webauthn', 'yubico-otp', 'totp', 'backup-code', 'one-of-tomorrow'];
const places = ['sign-in', 'set-up', 'settings'] as const;

describe('a refusal', () => {
  test('has words for every reason there is', () => {
    assert.equal(refusals.length, 16);
  });

  for (const locale of locales) {
    test(`${locale}: says what happened and what to do, whatever method and page it is of`, () => {
      const frame = frameOf({ locale });
      for (const method of kinds) {
        for (const reason of refusals) {
          for (const place of places) {
            const problem = { kind: 'refused', method, reason } as const;
            const { summary, field } = problemError(frame, problem, sampleField, place);
            assert.equal(field?.id, 'code');
            assert.match(summary, /\.$/, `${method} ${reason}`);
            assert.match(field.text, /[.?]$/, `${method} ${reason}`);
          }
        }
      }
    });

    test(`${locale}: tells somebody who is signing in, or in their settings, never to skip`, () => {
      const frame = frameOf({ locale });
      const advice = (place: 'sign-in' | 'settings', reasons: readonly Refusal[]) =>
        kinds.flatMap((method) =>
          reasons.map((reason) => {
            const error = problemError(frame, { kind: 'refused', method, reason }, sampleField, place);
            return error.field?.text ?? '';
          }),
        );
      const asked = advice('sign-in', ['unavailable', 'cancelled', 'unsupported', 'undeliverable']);
      for (const text of [...asked, ...advice('settings', refusals)]) {
        assert.doesNotMatch(text, /sla dit over|skip/i);
      }
    });
  }

  test('is told in the method’s own words where it has any', () => {
    const frame = frameOf();
    const wrong = (method: string) =>
      problemError(frame, { kind: 'refused', method, reason: 'wrong' }, sampleField);
    assert.equal(wrong('backup-code').summary, 'Deze back-upcode klopt niet of is al gebruikt.');
    assert.match(wrong('totp').field?.text ?? '', /Staat de tijd op uw telefoon op automatisch\?/);
    assert.equal(wrong('one-of-tomorrow').summary, 'Deze code klopt niet.');
  });

  test('of a passkey has no field to go to: both sentences stand above the form', () => {
    const error = problemError(
      frameOf(),
      { kind: 'refused', method: 'webauthn', reason: 'cancelled' },
      { type: 'passkey', name: 'credential' },
      'set-up',
    );
    assert.equal(
      error.summary,
      'Er is geen passkey of sleutel gebruikt. Probeer het opnieuw of sla dit over.',
    );
    assert.equal(error.field, undefined);
  });
});

describe('any other problem', () => {
  test('is one sentence, and only too many tries hold the form back', () => {
    const frame = frameOf();
    assert.deepEqual(problemError(frame, { kind: 'wait', seconds: 30 }), {
      summary: 'U heeft het te vaak geprobeerd. Wacht 30 seconden. Daarna mag u het opnieuw proberen.',
      wait: 30,
    });
    assert.equal(problemError(frame, { kind: 'send-wait', seconds: 30 }).wait, undefined);
    assert.equal(
      problemError(frame, { kind: 'none-chosen' }).summary,
      'U heeft nog geen tweede stap. Stel er minstens één in.',
    );
  });
});

test('every method has a name and a way to be chosen, in every language', () => {
  const texts = createTexts();
  for (const kind of ['sms', 'webauthn', 'yubico-otp', 'totp', 'backup-code']) {
    for (const part of ['name', 'choose', 'chooseHint', 'hint']) {
      for (const locale of locales) assert.ok(texts.for(locale)(textKey(`factor.${kind}.${part}`)));
    }
  }
});
