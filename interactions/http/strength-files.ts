import { readFileSync } from 'node:fs';
import { TRADE_WORDS } from '#src/account/trade-words.ts';

/*
 * What the page of a new password loads from @zxcvbn-ts (MIT licence): its estimator as it is published for browsers, and the
 * most used words of its lists. The server's own rules have all of them; here less is enough, because it only advises.
 */

/** Words of each list, the most used first: some 150 kB over the wire, all together. */
const MOST_PASSWORDS = 20_000;
const MOST_WORDS = 10_000;

function packageFile(name: string, path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.resolve(name)), 'utf8');
}

/** The first words of a list of a package. */
function wordsOf(language: string, name: string, most = MOST_WORDS): string[] {
  const list: unknown = JSON.parse(packageFile(language, `src/${name}.json`));
  if (!Array.isArray(list)) throw new Error(`${language} has no list ${name}`);
  return list.slice(0, most).map(String);
}

/** The estimator: a script of the old kind, which hangs what it exports on `this`; in a module there is none. */
export function strengthEstimator(): Buffer {
  const script = packageFile('@zxcvbn-ts/core', 'dist/zxcvbn-ts.js').replace(
    /^\/\/# sourceMappingURL=.*$/m,
    '',
  );
  return Buffer.from(`(function () {${script}\n}).call(globalThis);`);
}

/** The lists as JSON: `{ lists: { name: "word\nword" }, graphs }`; graphs are what lies beside what on a keyboard. */
export function strengthLists(): Buffer {
  const common = '@zxcvbn-ts/language-common';
  const english = '@zxcvbn-ts/language-en';
  const dutch = '@zxcvbn-ts/language-nl-be';
  const lists = {
    passwords: wordsOf(common, 'passwords', MOST_PASSWORDS),
    trade: TRADE_WORDS,
    dutch: wordsOf(dutch, 'commonWords'),
    english: wordsOf(english, 'commonWords'),
    firstnames: [
      ...wordsOf(dutch, 'boysFirstnames'),
      ...wordsOf(dutch, 'girlsFirstnames'),
      ...wordsOf(english, 'firstnames'),
    ],
  };
  const joined = Object.entries(lists).map(([name, words]) => [name, words.join('\n')]);
  const graphs: unknown = JSON.parse(packageFile(common, 'src/adjacencyGraphs.json'));
  return Buffer.from(JSON.stringify({ lists: Object.fromEntries(joined), graphs }));
}
