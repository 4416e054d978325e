import { z } from 'zod';

/**
 * Whether a host name, as `URL.hostname` gives it, can only mean this machine: `localhost` and names under it
 * (RFC 6761 §6.3), 127.0.0.0/8, ::1.
 */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === '[::1]'
  );
}

/** What is wrong with a web address, as a sentence without its subject; undefined when it may be used. */
export function webAddressFault(text: string): string | undefined {
  // A URL parser drops or rewrites these silently; what stands in the settings would not be what is used.
  if (/[\0-\x20\x7f]/.test(text) || !text.isWellFormed())
    return 'must not contain spaces or control characters';
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\/[^/]/i.test(text)) return 'must be an https address';
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return 'must be https (http only for localhost and other loopback hosts)';
  }
  return undefined;
}

/**
 * What is wrong with a redirect address of a client, as a sentence without its subject. They are compared as exact
 * text (RFC 9700 §2.1), so wildcards and fragments (RFC 6749 §3.1.2) have no meaning in them. Native applications
 * may use a private scheme that is a reversed domain name (RFC 8252 §7.1).
 */
export function redirectAddressFault(text: string, applicationType: string | undefined): string | undefined {
  if (text.includes('#')) return 'must not have a fragment (#)';
  if (/[*\s]/.test(text)) return 'must be one exact address, without wildcards or spaces';
  if (applicationType === 'native' && /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:\//i.test(text)) return undefined;
  return webAddressFault(text);
}

/** Schema of an address that a browser is sent to: https, or http on a loopback host. */
export const webAddress = z
  .string()
  .max(2000)
  .check((context) => {
    const fault = webAddressFault(context.value);
    if (fault !== undefined) context.issues.push({ code: 'custom', input: context.value, message: fault });
  })
  .meta({ format: 'uri' });

/** Schema of an issuer (OIDC Discovery §3): scheme, host and port, as text that is compared exactly. */
export const issuerAddress = z.string().check((context) => {
  const fault =
    webAddressFault(context.value) ??
    (URL.parse(context.value)?.origin === context.value
      ? undefined
      : 'must be scheme, host and port only, in lower case and without a slash at the end');
  if (fault !== undefined) context.issues.push({ code: 'custom', input: context.value, message: fault });
});
