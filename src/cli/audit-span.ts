import { InvalidArgumentError } from 'commander';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Whether a day is in the calendar: the machine takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Reads a day (`2026-01-31`, from its beginning in UTC) or a moment with its offset. Throws InvalidArgumentError. */
export function readMoment(text: string): number {
  const at = Date.parse(text);
  const known = DAY.test(text) || MOMENT.test(text);
  if (!known || Number.isNaN(at) || !isDay(text.slice(0, 10))) {
    throw new InvalidArgumentError('It must be a day like 2026-01-31 or a moment like 2026-01-31T09:00Z.');
  }
  return at;
}
