import type { EnrolmentStore } from '#src/enrolment/ports.ts';
import { asksQuestion } from '#src/enrolment/security-question.ts';
import { phoneEnding } from '#src/message/phone-factor.ts';
import type { Sessions } from '#src/session/ports.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import type { BackupCodeStore, Factor, FactorStore } from '#src/sign-in/ports.ts';
import { type BackupCodeState, backupCodeState } from './backup-code-state.ts';
import { isOneWayLeft } from './must-keep.ts';
import type { SettingsTurn } from './turn.ts';

export type { BackupCodeState } from './backup-code-state.ts';

/** One way of a person to prove that it is them. Times in milliseconds since the epoch. */
export interface OwnMethod {
  kind: string;
  icon: string;
  /** What the person calls it; may be empty. */
  label: string;
  /** Last two digits of a number. */
  ending: string | undefined;
  lastUsedAt: number | undefined;
}

/** A sign-in of the past. */
export interface PastSignIn {
  at: number;
  userAgent: string | undefined;
}

/** What the first page of the settings tells (R14, R15, R23). */
export interface OverviewFacts {
  /** In the order in which a sign-in asks for them. */
  methods: OwnMethod[];
  /** Only one is left that this tenant takes: losing it means the help desk. */
  oneWayLeft: boolean;
  backupCode: BackupCodeState;
  /** Whether a security question is set; undefined where this tenant asks none. */
  question: boolean | undefined;
  /** In how many browsers the person is signed in, this one counted. */
  sessions: number;
  /** The last ones, the newest first. */
  signIns: PastSignIn[];
}

interface Parts {
  factors: Pick<FactorStore, 'list'>;
  enrolments: Pick<EnrolmentStore, 'load' | 'findQuestion'>;
  backupCodes: Pick<BackupCodeStore, 'find'>;
  sessions: Pick<Sessions, 'list'>;
  lastSignIns(turn: SettingsTurn): Promise<PastSignIn[]>;
  /** Every method there is. */
  methods: readonly FactorMethod[];
}

/** Reads what the overview tells: queries side by side, whatever the person has. */
export function createOverviewReads(parts: Parts) {
  const { factors, enrolments, backupCodes, sessions, methods } = parts;

  const ownMethod = (factor: Factor): OwnMethod[] => {
    const { kind, label, lastUsedAt } = factor;
    const method = methods.find((one) => one.kind === kind);
    if (method === undefined) return [];
    return [{ kind, icon: method.icon, label, ending: phoneEnding(factor), lastUsedAt }];
  };

  return async (turn: SettingsTurn): Promise<OverviewFacts> => {
    const { tenantId, tenant, account } = turn;
    const asked = asksQuestion(tenant);
    const [owned, record, question, code, open, signIns] = await Promise.all([
      factors.list(tenantId, account.id),
      enrolments.load(tenantId, account.id),
      asked ? enrolments.findQuestion(tenantId, account.id) : undefined,
      backupCodes.find(tenantId, account.id),
      sessions.list(tenantId, account.id),
      parts.lastSignIns(turn),
    ]);
    return {
      methods: owned.flatMap(ownMethod),
      oneWayLeft: isOneWayLeft(tenant.settings, methods, owned),
      backupCode: backupCodeState(tenant.settings, code, record),
      question: asked ? question !== undefined : undefined,
      sessions: open.length,
      signIns,
    };
  };
}

export type OverviewReads = ReturnType<typeof createOverviewReads>;
