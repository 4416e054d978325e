/** Edits (insert, delete, replace one character, swap two neighbours) that turn one word into the other. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(row - 2, column - 2) + 1);
      line.push(cost);
    }
  }
  return at(from.length, to.length);
}

/** The known name that was probably meant: one typing slip in every four characters, at most three; else undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const folded = word.slice(0, 100).toLowerCase();
  const allowed = Math.min(3, Math.floor(folded.length / 4) + 1);
  let best: { name: string; cost: number } | undefined;
  for (const name of known) {
    const cost = distance(folded, name.toLowerCase());
    if (cost <= allowed && (best === undefined || cost < best.cost)) best = { name, cost };
  }
  return best?.name;
}
