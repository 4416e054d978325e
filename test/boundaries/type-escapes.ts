import { stripTypeScriptTypes } from 'node:module';

/**
 * Pieces of types in a file: whatever Node blanks out to run it. Two pieces with only white space between them
 * count as one.
 */
function typesIn(text: string): string[] {
  const stripped = stripTypeScriptTypes(text);
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char !== stripped[at] || (piece !== '' && /\s/.test(char))) piece += char;
    else if (piece !== '') {
      pieces.push(piece.trim());
      piece = '';
    }
  }
  return [...pieces, piece.trim()];
}

/** Comments and literal types are no code. */
function bare(piece: string): string {
  return piece.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|"[^"\n]*"|`[^`]*`/g, '');
}

/** Ways out of the type system (house rule 4): `any`, `as` other than `as const`, `!`. */
export function typeEscapesOf(text: string): string[] {
  let pieces: string[];
  try {
    pieces = typesIn(text).map(bare);
  } catch {
    return ['has syntax that can not run unbuilt'];
  }
  const found = new Set<string>();
  for (const piece of pieces) {
    // In `import { type A as B }` the word renames.
    const renames = /^(import|export|type)\b/.test(piece);
    if (!renames && /\bas\s+(?!const\b)/.test(piece)) found.add('uses as');
    if (/\bany\b/.test(piece)) found.add('uses any');
    if (piece.includes('!')) found.add('uses !');
  }
  return [...found];
}
