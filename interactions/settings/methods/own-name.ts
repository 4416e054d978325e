import { textKey } from '../../i18n.ts';
import type { PageFrame } from '../../views/page.ts';

/** What of a method names it. */
export interface NamedMethod {
  kind: string;
  /** What the person calls it; may be empty. */
  label: string;
  /** Last two digits of a number. */
  ending: string | undefined;
}

/** A method in words: what kind it is, and which one. Of a number only the end is said. */
export function ownName({ t }: PageFrame, { kind: name, label, ending }: NamedMethod): string {
  const kind = t(textKey(`factor.${name}.name`));
  const own = label === '' && ending !== undefined ? t('settings.endingIn', { ending }) : label;
  return own === '' || own === kind ? kind : `${kind}: ${own}`;
}
