/** Numbers of seals whose events were forgotten: all from the first up to this one. */
export function rangeUpTo(last: number): string {
  return `1-${last}`;
}

/** Reads what `rangeUpTo` wrote; 0 for anything else. */
export function upToIn(range: unknown): number {
  const [, last = ''] = /^1-([1-9]\d{0,9})$/.exec(typeof range === 'string' ? range : '') ?? [];
  return last === '' ? 0 : Number(last);
}
