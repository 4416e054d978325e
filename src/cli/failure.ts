import { AppError } from '#src/errors.ts';

/** How a command ends: done, refused or failed, or called in a way that makes no sense. */
export const exitCodes = { ok: 0, refused: 1, usage: 2 } as const;

/** A command that did not do what it was asked, with the sentence that says why. Empty when it was said already. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.refused) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** A command that was called wrongly. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(message, exitCodes.usage);
}

const longestSentence = 300;

function sentence(text: string): string {
  const line = (text.split('\n')[0] ?? '').slice(0, longestSentence);
  const start = line.slice(0, 1).toUpperCase() + line.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** What a driver calls it (`ECONNREFUSED`, an SQLSTATE): its own message may repeat an address with a password. */
function causeCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? ` (${cause.code})`
    : '';
}

/** What to tell about anything thrown: one sentence, never a stack. */
export function failureSentence(error: unknown): string {
  if (error instanceof CommandFailure) return error.message === '' ? '' : sentence(error.message);
  if (error instanceof AppError) return sentence(`${error.message}${causeCode(error.cause)}`);
  if (error instanceof Error)
    return sentence(`a fault in Poortwachter itself: ${error.name}: ${error.message}`);
  return 'A fault in Poortwachter itself.';
}
