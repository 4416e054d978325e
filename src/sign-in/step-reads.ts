import { progressOf } from '#src/enrolment/plan.ts';
import type { DeliveryState, DeliveryStore } from '#src/message/ports.ts';
import type { Tenant } from '#src/tenant/tenant.ts';
import type { FactorMethod } from './factor.ts';
import type { FlowAt, SentCode } from './flow-state.ts';
import type { Factor, FactorStore } from './ports.ts';
import { methodsOnPage } from './prepare-step.ts';
import { type SetUpView, setUpView } from './set-up-view.ts';
import { methodContext, type Turn } from './turn.ts';

/** Another way of the person's own. */
export interface OtherWay {
  kind: string;
  icon: string;
  label: string | undefined;
  /** Not set up on a page, but handed out: a backup code. */
  spare: boolean;
}

interface Parts {
  factors: Pick<FactorStore, 'list'>;
  deliveries: Pick<DeliveryStore, 'find'>;
  methods: readonly FactorMethod[];
  /** Whether the person has a proved number that shows text messages. */
  canSendBackupCode(whose: { tenant: Tenant; accountId: string }): Promise<boolean>;
  clock: { now(): number };
}

/** What pages show beside the flow itself. Reads only: showing a page changes nothing (house rule 9). */
export function createStepReads({ factors, deliveries, methods, canSendBackupCode, clock }: Parts) {
  const ownedBy = (at: Turn, accountId: string): Promise<Factor[]> => factors.list(at.tenantId, accountId);
  const methodOf = (kind: string) => methods.find((method) => method.kind === kind);

  return {
    /** The last news of a code under way. */
    async delivery(at: Turn, sent: SentCode | undefined): Promise<DeliveryState | undefined> {
      if (sent?.delivery === undefined) return undefined;
      return deliveries.find(at.tenantId, sent.delivery);
    },
    /** The method that is asked now, with its field; undefined for one that this version does not have. */
    async secondStep(at: Turn, flow: FlowAt<'second-step'>) {
      const method = methodOf(flow.method);
      if (method === undefined) return undefined;
      const owned = method.signIn.fieldShowsFactors ? await ownedBy(at, flow.accountId) : [];
      const own = owned.filter(({ kind }) => kind === method.kind);
      const context = methodContext(at, flow, clock.now());
      const { kind, icon } = method;
      const channels = method.signIn.send === undefined ? [] : method.channels(at.tenant);
      return { kind, icon, channels, field: method.signIn.field(context, own, flow.sent) };
    },
    /** The other ways of a person who is stuck, and how a code can be sent again. */
    async stuck(at: Turn, flow: FlowAt<'second-step'>) {
      const owned = await ownedBy(at, flow.accountId);
      const others = flow.methods
        .filter((kind) => kind !== flow.method)
        .flatMap((kind): OtherWay[] => {
          const method = methodOf(kind);
          const label = owned.find((factor) => factor.kind === kind)?.label;
          if (method === undefined) return [];
          return [{ kind, icon: method.icon, label, spare: method.setUp === undefined }];
        });
      const current = methodOf(flow.method);
      const channels = current?.signIn.send === undefined ? [] : current.channels(at.tenant);
      return { others, channels };
    },
    async enrol(at: Turn, flow: FlowAt<'enrol'>): Promise<SetUpView[]> {
      const owned = flow.proofs.length === 0 ? [] : await ownedBy(at, flow.accountId);
      const { pending, typedPhone } = flow;
      const context = methodContext(at, flow, clock.now());
      return methodsOnPage(at, methods, flow.page).flatMap((method) =>
        setUpView(method, { context, pending: pending[method.kind], typedPhone, owned }),
      );
    },
    /** Whether the person has a number that a backup code can be sent to (R13). */
    hasNumber: ({ tenant }: Turn, accountId: string): Promise<boolean> =>
      canSendBackupCode({ tenant, accountId }),
    progress: progressOf,
  };
}

export type StepReads = ReturnType<typeof createStepReads>;
