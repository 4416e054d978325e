/** What is known when somebody presses "this was not me" in a mailbox that was the account's. */
export interface FormerMailbox {
  /** The address, as the link kept it; undefined for a link that kept none. */
  formerEmail: string | undefined;
  /** A recovery by mail asks this person's security question. */
  asksQuestion: boolean;
  /** The person has a second step, that every sign-in asks. */
  hasSecondStep: boolean;
  /** The account waits for the help desk already. */
  held: boolean;
}

/**
 * Whether the address comes back, so that its person gets in again by a recovery. If not, the account is closed until the
 * help desk finds out who is who.
 *
 * Whoever presses it has a mailbox that was the account's in the last 7 days; no more is known. It may be the person,
 * whose address a thief replaced. It may be a thief of the mailbox, which the person left for that very reason. The
 * address must help the first and not the second: behind it stand the security question, which the mailbox does not
 * know, and at the sign-in the second step, which it does not have. Without the question a mail alone would make a
 * password; without a second step a password alone would set one up. In both cases nobody gets in before the help desk
 * has looked, and so it stays where it was decided so once.
 *
 * What the one who replaced the address did since takes nothing away from it: another address, a new password or
 * a report of their own leave the link as it is (`MailLinkStore.endAll`), so that of several addresses the oldest wins.
 */
export function bringsBack(mailbox: FormerMailbox): mailbox is FormerMailbox & { formerEmail: string } {
  const { formerEmail, asksQuestion, hasSecondStep, held } = mailbox;
  return formerEmail !== undefined && asksQuestion && hasSecondStep && !held;
}
