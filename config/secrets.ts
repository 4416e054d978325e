import { inspect } from 'node:util';
import { z } from 'zod';

/**
 * A secret that never prints: string, JSON, template, console and debugger all show `[secret]`, whatever its length.
 * `reveal()` is the one way to its text.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/**
 * Schema of a setting that is a secret: text on the way in, `Secret` afterwards. The mark in its metadata is what
 * makes loading accept `<NAME>_FILE` for it and the reference page say so.
 */
export function secretText(inner: z.ZodType<string, string> = z.string().min(1)) {
  return inner.transform((value) => new Secret(value)).meta({ secret: true });
}
