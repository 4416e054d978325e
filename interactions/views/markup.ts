import { raw, html as template } from 'hono/html';

/** Text that is HTML already: made by `html`, never from what somebody typed. */
export type Markup = ReturnType<typeof raw>;

/** What may stand in a template. Strings are escaped, Markup is not; undefined, null and false leave nothing. */
export type Child = string | number | Markup | undefined | null | false | readonly Child[];

/** Template tag that escapes every value, in texts and in double-quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Child[]): Markup {
  const markup = template(strings, ...values);
  if (markup instanceof Promise) throw new Error('a view must be ready at once');
  return markup;
}

/** Marks text as HTML. Only for what the protocol library or this code made itself. */
export function trusted(text: string): Markup {
  return raw(text);
}

/** Nothing. */
export const nothing: Markup = raw('');
