import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ExplanationTopic,
  explanationPage,
  explanationTopics,
} from '#interactions/explanation/explanation.view.ts';
import { frameOf } from './frame.ts';

/** What the pictures of a page say to who can't see them. */
function labelsOn(locale: 'nl' | 'en', topic: ExplanationTopic): string[] {
  const page = explanationPage(frameOf({ locale }), { topic, backHref: '/', hrefOf: (other) => `/${other}` });
  const pictures = page.match(/<svg class="picture"[^>]*>/g) ?? [];
  return pictures.map((tag) => {
    assert.match(tag, /role="img"/);
    return /aria-label="([^"]+)"/.exec(tag)?.[1] ?? '';
  });
}

/** What has to be seen on the page of a topic. */
const SEEN: Readonly<Record<'nl' | 'en', Partial<Record<ExplanationTopic, readonly RegExp[]>>>> = {
  nl: { app: [/QR-code/], yubikey: [/YubiKey/, /vingerafdruk/], 'backup-code': [/papier/] },
  en: { app: [/QR code/], yubikey: [/YubiKey/, /fingerprint/], 'backup-code': [/paper/] },
};

describe('an explanation', () => {
  for (const locale of ['nl', 'en'] as const) {
    for (const topic of explanationTopics) {
      test(`of ${topic} shows what it tells of, in a picture with words of its own (R7, ${locale})`, () => {
        const labels = labelsOn(locale, topic);
        assert.ok(labels.length > 0, 'no picture');
        assert.ok(!labels.includes(''), 'a picture without words');
        assert.equal(new Set(labels).size, labels.length, 'each picture says something else');
        for (const seen of SEEN[locale][topic] ?? [])
          assert.ok(
            labels.some((label) => seen.test(label)),
            `${seen} is in no picture: ${labels.join(' | ')}`,
          );
      });
    }
  }
});
