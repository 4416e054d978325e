import type { Command } from 'commander';
import type { AuditFault, Verification } from '#src/audit/verify.ts';
import { CommandFailure } from './failure.ts';
import { moment } from './key-moment.ts';
import type { Operations } from './operations.ts';
import { addOperatorOptions, carriedOperator, type OperatorChoice, operatorOf } from './operator-options.ts';
import type { CommandContext } from './program.ts';
import { recordAct } from './record-act.ts';
import { type TenantChoice, tenantOption } from './select-tenant.ts';
import { json } from './terminal.ts';

interface VerifyOptions extends TenantChoice, OperatorChoice {
  json?: true;
}

const help = `
Computes every seal anew and compares. Ends with exit code 1 when an event was changed, removed, added or put elsewhere.
What was cut off at the very end leaves no trace in the log: note number and hash of the last seal elsewhere, and
compare.

Example:
  $ poortwachter audit verify --reason "nightly check"
`;

const words: Record<AuditFault['kind'], (where: string) => string> = {
  'event-changed': (where) => `${where}: an event is not what was sealed`,
  'event-missing': (where) => `${where} is missing`,
  'event-unsealed': (where) => `${where} was added without a seal`,
  'event-twice': (where) => `${where} is under two seals`,
  'seal-changed': (where) => `${where}, or the one before it, is not what was written`,
  'seal-missing': (where) => `${where} is missing`,
};

function sentence({ kind, seal, seq }: AuditFault): string {
  const sealed = seal === undefined ? '' : `seal ${seal}`;
  if (kind === 'event-changed') return words[kind](`${sealed} (events from ${seq} on)`);
  const event = seq === undefined ? '' : `event ${seq}`;
  return words[kind](event === '' ? sealed : `${event}${sealed === '' ? '' : ` of ${sealed}`}`);
}

function text(found: Verification): string {
  const { events, seals, pending, sealedUpTo, forgottenUpTo, faults, faultCount } = found;
  const lines = [
    `${events} events under ${seals} seals; ${pending} wait for theirs.`,
    sealedUpTo === undefined
      ? 'Nothing is sealed yet.'
      : `Sealed up to number ${sealedUpTo.number} at ${moment(sealedUpTo.sealedAt)}, hash ${sealedUpTo.hash}.`,
    ...(forgottenUpTo === 0
      ? []
      : [`Events of seals 1-${forgottenUpTo} were forgotten by \`audit retain\`.`]),
    ...faults.map(sentence),
    ...(faultCount > faults.length ? [`… and ${faultCount - faults.length} more.`] : []),
    faultCount === 0 ? 'All of it is as it was sealed.' : `${faultCount} faults: the log was tampered with.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** `audit verify`. */
export function addAuditVerify(group: Command, { terminal, reach }: CommandContext): void {
  const command = group
    .command('verify')
    .description('check the audit log of one organisation against its seals');
  addOperatorOptions(command)
    .addOption(tenantOption())
    .option('--json', 'for programs')
    .addHelpText('after', help)
    .action(async (options: VerifyOptions) => {
      const operator = operatorOf(options);
      const run = async (operations: Operations): Promise<void> => {
        const found = await operations.verifyAudit(operations.tenant.id);
        await recordAct(operations, operator, (context) =>
          operations.events.auditRead(context, { how: 'verify', events: found.events }),
        );
        terminal.stdout.write(options.json ? json(found) : text(found));
        if (found.faultCount > 0) throw new CommandFailure('');
      };
      await reach.withTenant(options.tenant, run, { extra: carriedOperator(operator), stdin: '' });
    });
}
