import { z } from 'zod';

const HOURS_IN_DAY = 24;

/** How keys move on: see docs/operations.md. */
export const keySettings = z
  .strictObject({
    rollDays: z
      .int()
      .min(1)
      .max(365)
      .default(90)
      .describe('How long a signing or cookie key is used before the next one takes over.'),
    overlapHours: z
      .int()
      .min(24)
      .max(168)
      .default(24)
      .describe(
        'How long a key is published before it signs, and accepted after it did; longer than sessions live.',
      ),
  })
  .refine(({ rollDays, overlapHours }) => rollDays * HOURS_IN_DAY >= overlapHours, {
    path: ['rollDays'],
    error: 'must be at least as long as keys.overlapHours',
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
