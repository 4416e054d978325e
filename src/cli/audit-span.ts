import { InvalidArgumentError } from 'commander';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads a day (`2026-01-31`, from its beginning in UTC) or a moment with its offset. Throws InvalidArgumentError. */
export function readMoment(text: string): number {
  const at = Date.parse(text);
  const known = DAY.test(text) || MOMENT.test(text);
  // The machine takes 30 February for 2 March.
  const real =
    known && new Date(Date.parse(`${text.slice(0, 10)}T00:00Z`)).toISOString().startsWith(text.slice(0, 10));
  if (!real || Number.isNaN(at)) {
    throw new InvalidArgumentError('It must be a day like 2026-01-31 or a moment like 2026-01-31T09:00Z.');
  }
  return at;
}
