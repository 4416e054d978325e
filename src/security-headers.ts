/**
 * Headers of every answer, whoever gives it (security rule 11, ASVS 3.4). The policy is that of an answer which shows
 * nothing; a page has its own.
 */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // With no-referrer a form post would carry "Origin: null" and be refused.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'X-DNS-Prefetch-Control': 'off',
} as const;

/** The same for an answer that nobody may keep. */
export const UNKEPT_HEADERS = { ...SECURITY_HEADERS, 'Cache-Control': 'no-store' } as const;
