import { bodyParser } from '@koa/bodyparser';
import type { Context } from 'koa';
import { z } from 'zod';
import type { ShellMiddleware } from '#src/server.ts';

/** No form of ours comes near this size. */
const LIMIT = '16kb';

/** A form whose button says it all. */
export const noFields = z.strictObject({});

/**
 * Reads the body of a form post. A body that is too large, can't be read or is of another type leaves nothing for
 * readForm, which then calls the form malformed.
 */
export function formBody(): ShellMiddleware {
  return bodyParser({
    enableTypes: ['form'],
    formLimit: LIMIT,
    onError: () => {},
  });
}

/** Text that no person types: control characters, or bytes that are not UTF-8. */
function isClean(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return value.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(value);
}

/**
 * The fields of a posted form by a schema, or undefined when it is malformed: another content type, too large, a
 * field twice, a field name that would make a list, control characters, broken UTF-8, or against the schema.
 */
export function readForm<Shape extends z.ZodType>(ctx: Context, schema: Shape): z.infer<Shape> | undefined {
  const raw = ctx.request.rawBody;
  if (typeof raw !== 'string' || ctx.is('application/x-www-form-urlencoded') === false) return undefined;
  const fields = [...new URLSearchParams(raw)];
  const names = new Set(fields.map(([name]) => name));
  const clean = fields.every(([name, value]) => isClean(name) && isClean(value));
  if (names.size !== fields.length || !clean) return undefined;
  const parsed = schema.safeParse(Object.fromEntries(fields));
  return parsed.success ? parsed.data : undefined;
}
