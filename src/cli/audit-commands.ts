import type { Command } from 'commander';
import { addAuditExport } from './audit-export.ts';
import { addAuditRetain } from './audit-retain.ts';
import { addAuditShow } from './audit-show.ts';
import { addAuditVerify } from './audit-verify.ts';
import type { CommandContext } from './program.ts';

/** `audit show|export|verify|retain`. */
export function addAuditCommands(program: Command, context: CommandContext): void {
  const group = program.command('audit').description('the audit log: who did what, about whom, when and why');
  addAuditShow(group, context);
  addAuditExport(group, context);
  addAuditVerify(group, context);
  addAuditRetain(group, context);
}
