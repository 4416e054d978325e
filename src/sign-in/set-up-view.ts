import type { CodeChannel, FactorMethod, FieldSpec, MethodContext, SetUpBlock } from './factor.ts';
import type { Factor } from './ports.ts';

/** One method that is being set up, as a page shows it. */
export interface SetUpView {
  kind: string;
  icon: string;
  field: FieldSpec;
  blocks: SetUpBlock[];
  /** `request`: it asks where to send a code; `prove`: it asks for the proof. */
  stage: 'request' | 'prove';
  channels: readonly CodeChannel[];
  /** How many of this kind the person has. */
  owned: number;
  /** It can make a new key to scan. */
  renews: boolean;
}

/** A method with what its set-up has so far. `typedPhone`: a number that was not accepted, as typed. */
export interface HalfSetUp {
  context: MethodContext;
  pending: string | undefined;
  typedPhone: string | undefined;
  owned: readonly Factor[];
}

/** How a method shows itself while it is set up; nothing for one that people do not set up on a page. */
export function setUpView(
  method: FactorMethod,
  { context, pending, typedPhone, owned }: HalfSetUp,
): SetUpView[] {
  const { setUp, kind, icon } = method;
  if (setUp === undefined) return [];
  const asked = setUp.field(context, pending);
  // What was not accepted stands there again, to be put right.
  const typed = asked.name === 'phone' ? typedPhone : undefined;
  const field = asked.type === 'text' && typed !== undefined ? { ...asked, value: typed } : asked;
  return [
    {
      kind,
      icon,
      field,
      blocks: setUp.blocks?.(context, pending) ?? [],
      stage: field.name === 'phone' ? 'request' : 'prove',
      channels: method.channels(context.tenant),
      owned: owned.filter((factor) => factor.kind === kind).length,
      renews: setUp.begin !== undefined,
    },
  ];
}
