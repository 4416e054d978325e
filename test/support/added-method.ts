import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { z } from 'zod';
import texts from './sample-method-texts.json' with { type: 'json' };

const METHOD = new URL('sample-method.ts', import.meta.url).href;

/** The line in front of which the method's own goes: the last one that people set up on a page. */
const LINE = '    createBackupCodeMethod(rest),\n';

/** The registry with the import and the one line that docs/adding-a-method.md asks for. */
function withLine(source: string): string {
  assert.equal(source.split(LINE).length, 2, 'the registry is not what the documentation says');
  const added = source.replace(LINE, `    createWordListMethod(),\n${LINE}`);
  return `import { createWordListMethod } from ${JSON.stringify(METHOD)};\n${added}`;
}

const languageFile = z.looseObject({ factor: z.looseObject({}) });

/** A language file with the method's texts under `factor.<kind>`. */
function withTexts(source: string, own: object): string {
  const file = languageFile.parse(JSON.parse(source));
  return JSON.stringify({ ...file, factor: { ...file.factor, 'word-list': own } });
}

const CHANGES: readonly [file: string, change: (source: string) => string][] = [
  ['/interactions/factors/registry.ts', withLine],
  ['/interactions/locales/nl.json', (source) => withTexts(source, texts.nl)],
  ['/interactions/locales/en.json', (source) => withTexts(source, texts.en)],
];

/**
 * Adds the sample method to the product of this process exactly as a developer would: its line in the registry and its
 * texts in the language files, as these are read. Only what is imported afterwards has it.
 */
export function addSampleMethod(): void {
  const decoder = new TextDecoder();
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const [, change] = CHANGES.find(([file]) => url.endsWith(file)) ?? [];
      const { source } = loaded;
      if (change === undefined || source === undefined) return loaded;
      return { ...loaded, source: change(typeof source === 'string' ? source : decoder.decode(source)) };
    },
  });
}
