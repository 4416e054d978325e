/** What the address of a mail server says. */
export interface SmtpAddress {
  /** `smtps://`: TLS from the first byte (RFC 8314 §3.3). Otherwise the connection is upgraded by STARTTLS. */
  implicitTls: boolean;
  /** As `URL.hostname` gives it: an IPv6 address in brackets. */
  host: string;
  /** Undefined: the customary one, which is 465 for `smtps` and 587 for `smtp`. */
  port: number | undefined;
  /** Both or neither. */
  login: { user: string; password: string } | undefined;
}

/** The address in its parts, or what is wrong with it: a sentence without its subject and without any of its text. */
export type ParsedSmtpAddress = { ok: true; address: SmtpAddress } | { ok: false; fault: string };

/** Reads `smtp[s]://[user:password@]host[:port]`, with user and password percent-encoded (RFC 3986 §2.1). */
export function parseSmtpAddress(text: string): ParsedSmtpAddress {
  const scheme = /^(smtps?):\/\/[^/]/.exec(text);
  if (scheme === null) return refused('must begin with smtp:// or smtps:// and a host');
  if (/[\0-\x20\x7f]/.test(text))
    return refused('must not have a space or control character (a space is %20)');
  const url = URL.parse(text);
  if (url === null || !/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)$/.test(url.hostname)) {
    return refused('must name a host, with special characters of the password percent-encoded');
  }
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') {
    return refused('must have nothing after its host and port (in a password: / is %2F, ? is %3F, # is %23)');
  }
  const login = readLogin(url);
  if (login === 'unreadable') {
    return refused('must have user:password before the @, with special characters percent-encoded');
  }
  const port = url.port === '' ? undefined : Number(url.port);
  if (port === 0) return refused('must not have port 0');
  return { ok: true, address: { implicitTls: scheme[1] === 'smtps', host: url.hostname, port, login } };
}

function refused(fault: string): ParsedSmtpAddress {
  return { ok: false, fault };
}

function readLogin({ username, password }: URL): SmtpAddress['login'] | 'unreadable' {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') return 'unreadable';
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return 'unreadable';
  }
}
