/** Questions that people who get stuck ask (R29), in the order in which they are offered, by what they have in common. */
export const helpGroups = {
  signIn: ['password-forgotten', 'login-name-forgotten', 'mail-link', 'blocked', 'first-sign-in-error'],
  code: [
    'sms-not-received',
    'phone-forgotten',
    'number-changed',
    'backup-code',
    'yubikey-app-instead-of-sms',
  ],
  signedIn: ['no-data', 'own-settings'],
  why: ['two-steps', 'why-phone'],
} as const;

export type HelpTopic = (typeof helpGroups)[keyof typeof helpGroups][number];

export const helpTopics: readonly HelpTopic[] = Object.values(helpGroups).flat();

/** Whether an address names a topic. */
export function isHelpTopic(name: string): name is HelpTopic {
  return helpTopics.some((topic) => topic === name);
}
