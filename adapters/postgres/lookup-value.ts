const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Is no account's and no link's: a statement stays the same for nobody (ground rule 3). */
export const NOBODYS_ID = '00000000-0000-0000-0000-000000000000';

/** Whether Postgres can compare this with a uuid column; anything else is an error there and nobody here. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** Whether Postgres can hold this as text: it knows no null byte, and UTF-8 no lone surrogate. */
export function isStorableText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}
