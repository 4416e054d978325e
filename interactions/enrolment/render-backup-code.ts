import { showBackupCode } from '#src/sign-in/backup-code.ts';
import type { FlowAt } from '#src/sign-in/flow-state.ts';
import { pathsOf, problemOf, type Rendering } from '../sign-in/rendering.ts';
import { type BackupSmsState, backupCodePage } from './backup-code.view.ts';
import { type BackupCodePaper, backupCodeFile, backupCodePrintPage } from './backup-code-paper.view.ts';

type BackupFlow = FlowAt<'backup-code'>;

function smsState(flow: BackupFlow, parts: Rendering): BackupSmsState | undefined {
  const problem = problemOf(flow.problem, parts);
  if (problem?.kind === 'wait' || problem?.kind === 'send-wait') return { wait: problem.seconds };
  if (problem?.kind === 'refused') return { refused: problem.reason };
  return flow.sent === undefined ? undefined : 'sent';
}

/** The backup code, once: it lies in the sealed flow until the person goes on (R13). */
export async function renderBackupCode(flow: BackupFlow, parts: Rendering): Promise<string> {
  const { open, reads } = parts;
  const { to } = pathsOf(parts);
  const hasNumber = await reads.hasNumber(open.turn, flow.accountId);
  return backupCodePage(open.frame, {
    code: showBackupCode(flow.code ?? ''),
    progress: reads.progress(flow.plan, 'backup-code'),
    action: to('backup-code'),
    smsAction: hasNumber ? to('backup-code/sms') : undefined,
    smsState: smsState(flow, parts),
    printHref: to('backup-code/print'),
    fileHref: to('backup-code/file'),
    renewed: flow.plan.backupCode === 'renewed',
  });
}

function paperOf(flow: BackupFlow, { open, now }: Rendering): BackupCodePaper {
  return {
    code: showBackupCode(flow.code ?? ''),
    loginName: flow.loginName,
    hostName: new URL(open.turn.tenant.issuer).host,
    madeAt: now,
  };
}

/** The same for paper. */
export function renderBackupCodePrint(flow: BackupFlow, parts: Rendering): string {
  const { path, to } = pathsOf(parts);
  const frame = { ...parts.open.frame, back: to('backup-code/print') };
  return backupCodePrintPage(frame, { ...paperOf(flow, parts), backHref: path });
}

/** The same as a text file. */
export function renderBackupCodeFile(flow: BackupFlow, parts: Rendering): string {
  const { t, locale, tenant } = parts.open.frame;
  return backupCodeFile(t, { ...paperOf(flow, parts), locale, productName: tenant.productName });
}
