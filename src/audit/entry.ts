import type { TenantId } from '#src/tenant/tenant.ts';
import type { Actor, AuditEntry } from './ports.ts';

/**
 * Who does what an event tells: the person it is about, or that person only when it went well (before that it is
 * anybody who tries), an application, an operator, ourselves, or nobody that we know.
 */
export type Who = 'person' | 'person-if-right' | 'client' | 'operator' | 'system' | 'anonymous';

/** Where something happened, as far as it is known. */
export interface EntryContext {
  tenantId: TenantId;
  reference?: string | undefined;
  interaction?: string | undefined;
  address?: string | undefined;
  userAgent?: string | undefined;
  client?: string | undefined;
  session?: string | undefined;
  operator?: string | undefined;
  reason?: string | undefined;
}

type Field = string | number | boolean | readonly string[] | undefined;

/** What happened: fields that every event may have, and its own. */
export interface EntryFields {
  outcome?: 'success' | 'failure' | undefined;
  reason?: string | undefined;
  account?: string | undefined;
  method?: string | undefined;
  client?: string | undefined;
  acr?: string | undefined;
  readonly [name: string]: Field;
}

const ANONYMOUS: Actor = { kind: 'anonymous' };

function named(kind: 'person' | 'client' | 'operator', id: string | undefined): Actor {
  return id === undefined ? ANONYMOUS : { kind, id };
}

function actorOf(who: Who, context: EntryContext, { outcome, account, client }: EntryFields): Actor {
  switch (who) {
    case 'person':
      return named('person', account);
    case 'person-if-right':
      return outcome === 'success' ? named('person', account) : ANONYMOUS;
    case 'client':
      return named('client', client ?? context.client);
    case 'operator':
      return named('operator', context.operator);
    case 'system':
    case 'anonymous':
      return { kind: who };
  }
}

function flat(fields: Readonly<Record<string, Field>>): NonNullable<AuditEntry['detail']> {
  const known = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] satisfies [string, Exclude<Field, undefined>]],
  );
  return Object.fromEntries(known);
}

/** An event as an entry of the audit log. */
export function entryOf(event: string, who: Who, context: EntryContext, result: EntryFields): AuditEntry {
  const { outcome = 'success', reason, account, method, client, acr, ...own } = result;
  return {
    tenantId: context.tenantId,
    event,
    outcome,
    // Of what an operator does, why; of all else, the short name of the outcome.
    reason: reason ?? context.reason,
    subject: account,
    actor: actorOf(who, context, result),
    client: client ?? context.client,
    session: context.session,
    factor: method,
    acr,
    reference: context.reference,
    trace: context.interaction,
    address: context.address,
    userAgent: context.userAgent,
    detail: flat(own),
  };
}
