import { inspect } from 'node:util';

/**
 * A secret that never prints: string, JSON, template, console and debugger all show `[secret]`.
 * `reveal()` is the one way to its text.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
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
