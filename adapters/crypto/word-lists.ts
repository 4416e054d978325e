import type { WordLists } from '#src/account/password-rules.ts';
import { foldWord } from '#src/account/undress.ts';

/**
 * Loads the lists of @zxcvbn-ts: most used passwords, English and Dutch words, first and last names; some 200,000
 * entries, offline (ASVS 6.2.4, 6.2.12). Takes a third of a second and 60 MB, so it is not done at start.
 */
export async function loadWordLists(): Promise<WordLists> {
  const languages = await Promise.all([
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('@zxcvbn-ts/language-nl-be'),
  ]);
  const words = new Set<string>();
  for (const { dictionary } of languages) {
    for (const list of Object.values(dictionary)) for (const word of list) words.add(foldWord(word));
  }
  return { has: (word) => words.has(word) };
}
