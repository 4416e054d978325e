import { z } from 'zod';

/** What a gateway can be told about a message. */
const PLACEHOLDERS = ['to', 'text', 'from', 'reference', 'channel', 'locale'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{([A-Za-z]+)\}/g;

const names: ReadonlySet<string> = new Set(PLACEHOLDERS);

/** Every text in a JSON value, keys left out: nothing is filled in there. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function parsed(template: string): unknown {
  try {
    return JSON.parse(template);
  } catch {
    return undefined;
  }
}

/** The placeholders that a template has. */
export function placeholdersIn(template: string): Set<string> {
  return new Set(
    textsIn(parsed(template)).flatMap((text) => [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name)),
  );
}

/** What is wrong with a template, as a sentence without its subject; undefined when it can be filled in. */
function templateFault(template: string): string | undefined {
  const value = parsed(template);
  if (typeof value !== 'object' || value === null) return 'must be JSON, an object such as {"to": "{to}"}';
  const found = placeholdersIn(template);
  if (!found.has('to') || !found.has('text')) return 'must have {to} and {text} in its texts';
  const unknown = [...found].some((name) => !names.has(name));
  return unknown ? `may only have ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}` : undefined;
}

/** A JSON body with `{placeholders}` in its texts. */
export const messageTemplate = z
  .string()
  .max(4000)
  .check((context) => {
    const message = templateFault(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', input: context.value, message });
  });

/**
 * The template with its placeholders replaced, as JSON. What is filled in stays inside the text it stands in, whatever
 * characters it has: the template is parsed first.
 */
export function fillTemplate(template: string, values: Readonly<Record<Placeholder, string>>): string {
  const fill = (text: string) =>
    text.replace(
      PLACEHOLDER,
      (whole, name: string) => Object.entries(values).find(([key]) => key === name)?.[1] ?? whole,
    );
  const body: unknown = JSON.parse(template, (_key, value: unknown) =>
    typeof value === 'string' ? fill(value) : value,
  );
  return JSON.stringify(body);
}
