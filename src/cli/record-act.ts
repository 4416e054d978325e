import type { OperatorContext } from '#src/operator-events.ts';
import { newReference } from '#src/reference.ts';
import type { Operations } from './operations.ts';
import type { Author } from './operator-options.ts';

/**
 * Records what an operator did under a number of its own, and waits until it is kept. Throws AppError
 * `store-unavailable` when it can't be.
 */
export async function recordAct(
  { tenant, trail }: Pick<Operations, 'tenant' | 'trail'>,
  author: Author,
  record: (context: OperatorContext) => void,
): Promise<void> {
  const reference = newReference();
  record({ tenantId: tenant.id, ...author, reference });
  await trail.settled(reference);
}
