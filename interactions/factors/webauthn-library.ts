/*
 * Loaded by the first key that is used: an installation where nobody has one neither waits for it at its start nor holds
 * its 4 MB.
 */

export const loadWebAuthn = () => import('@simplewebauthn/server');

export const loadWebAuthnHelpers = () => import('@simplewebauthn/server/helpers');
