/** What an e-mail says: the same as plain text and as HTML. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}
