/**
 * What a browser is to forget of this site when somebody signs out (Clear Site Data §3.1), as the header's value. With
 * `cookies` it forgets those of the whole registered domain, the application's beside ours: where others use the computer
 * too that is wanted, but never on the way back to an application that still has to read its own.
 */
export function clearSiteData({ cookies }: { cookies: boolean }): string {
  const kinds = ['cache', 'storage', ...(cookies ? ['cookies'] : [])];
  return kinds.map((kind) => `"${kind}"`).join(', ');
}
