import { InvalidArgumentError } from 'commander';

/** Most rows that one list shows. */
export const MOST_PER_PAGE = 1000;

/** Reads an option that counts: 1 to `most`, in as many digits at most. What it reads it with throws InvalidArgumentError. */
export function countUpTo(most: number): (text: string) => number {
  const digits = new RegExp(`^\\d{1,${String(most).length}}$`);
  return (text) => {
    const count = Number(text);
    if (digits.test(text) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`It must be a number from 1 to ${most}.`);
  };
}
