import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { usageFailure } from './failure.ts';

/** What commands that are recorded with their author may be told. */
export interface OperatorChoice {
  reason?: string;
  by?: string;
}

/** Who gives a command, and why; both are recorded. */
export interface Operator {
  operator: string;
  reason: string;
}

const SHORTEST_REASON = 3;
const LONGEST_REASON = 300;
const LONGEST_NAME = 100;

/** Control and direction characters: neither a name nor a reason has any. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Adds `--reason` and `--by` to a command; `operatorOf` reads them. */
export function addOperatorOptions(command: Command): Command {
  // Not one of the library's required options: its words name the option and not what for.
  return command
    .addOption(new Option('--reason <text>', 'why you do this; needed, and kept in the audit log'))
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

/** Who gives this command and why. Throws a CommandFailure of exit code 2 when a reason is missing or can't be one. */
export function operatorOf({ reason, by }: OperatorChoice): Operator {
  const why = reason?.trim() ?? '';
  if (why === '') throw usageFailure('say why with --reason "…": it is kept in the audit log');
  if (why.length < SHORTEST_REASON || why.length > LONGEST_REASON || UNPRINTABLE.test(why)) {
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

/**
 * Arguments for `CarriedInput.extra`: the process that holds embedded stores may run as somebody else, so the name is
 * found out on this side.
 */
export function carriedOperator({ operator }: Operator): readonly string[] {
  return [`--by=${operator}`];
}
