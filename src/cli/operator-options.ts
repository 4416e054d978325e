import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { usageFailure } from './failure.ts';

/** What commands that are recorded with their author may be told. */
export interface OperatorChoice {
  reason?: string;
  by?: string;
}

/** Who gives a command, and why if they say so; both are recorded. */
export interface Author {
  operator: string;
  reason: string | undefined;
}

/** Who gives a command that nobody may give without a reason. */
export interface Operator extends Author {
  reason: string;
}

const SHORTEST_REASON = 3;
const LONGEST_REASON = 300;
const LONGEST_NAME = 100;

/** Control and direction characters: neither a name nor a reason has any. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Adds `--reason` and `--by` to a command; `operatorOf` reads them, and `authorOf` where the reason may be left out.
 */
export function addOperatorOptions(
  command: Command,
  { reason = 'needed' }: { reason?: 'needed' | 'optional' } = {},
) {
  // Not one of the library's required options: its words name the option and not what for.
  const why = reason === 'needed' ? 'why you do this; needed, and kept' : 'why you do this, kept';
  return command
    .addOption(new Option('--reason <text>', `${why} in the audit log`))
    .addOption(new Option('--by <name>', 'who does this, by default your name at the operating system'));
}

/** In a container a process may have a number only. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Who gives this command. Throws a CommandFailure of exit code 2 when a reason or a name can't be one. */
export function authorOf({ reason, by }: OperatorChoice): Author {
  const why = reason?.trim();
  if (
    why !== undefined &&
    (why.length < SHORTEST_REASON || why.length > LONGEST_REASON || UNPRINTABLE.test(why))
  ) {
    throw usageFailure(
      `what comes after --reason must be ${SHORTEST_REASON} to ${LONGEST_REASON} characters`,
    );
  }
  const operator = by?.trim() ?? systemUser();
  if (operator === '' || operator.length > LONGEST_NAME || UNPRINTABLE.test(operator)) {
    throw usageFailure(`what comes after --by must be a name of 1 to ${LONGEST_NAME} characters`);
  }
  return { operator, reason: why };
}

/** The same where a reason is needed. */
export function operatorOf({ reason, by }: OperatorChoice): Operator {
  const why = reason?.trim() ?? '';
  if (why === '') throw usageFailure('say why with --reason "…": it is kept in the audit log');
  return { ...authorOf({ reason: why, ...(by === undefined ? {} : { by }) }), reason: why };
}

/**
 * Arguments for `CarriedInput.extra`: the process that holds embedded stores may run as somebody else, so the name is
 * found out on this side.
 */
export function carriedOperator({ operator }: Pick<Author, 'operator'>): readonly string[] {
  return [`--by=${operator}`];
}
