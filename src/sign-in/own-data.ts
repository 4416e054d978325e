import type { z } from 'zod';
import { AppError } from '#src/errors.ts';

/**
 * Reads JSON text that this house wrote, by its schema. Throws AppError `internal` for anything else; without the
 * parser's own error, which would quote the text, and the text is a seed or a number. `what` names it in the failure.
 */
export function readOwn<T>(schema: z.ZodType<T>, text: string, what: string): T {
  const fault = new AppError('internal', 500, `${what} is malformed`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw fault;
  return parsed.data;
}
