/** One message to one person, as it leaves. `at` is in milliseconds since the epoch. */
export interface Message {
  at: number;
  channel: 'sms' | 'voice' | 'email';
  /** E.164 or e-mail address. */
  to: string;
  /** E-mail only. */
  subject?: string | undefined;
  text: string;
}

/** Where messages leave the house. */
export interface MessageOutlet {
  send(message: Message): Promise<void>;
}
