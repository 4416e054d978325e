import type { Page } from 'playwright-core';

/** A key in the hands of the person at the page. */
export interface VirtualKey {
  /** Whether somebody touches it when it blinks. */
  touch(touched: boolean): Promise<void>;
  /** Takes it away. */
  remove(): Promise<void>;
}

const KINDS = {
  /** A security key in a USB port, without PIN. */
  usb: { transport: 'usb', hasResidentKey: false, hasUserVerification: false, isUserVerified: false },
  /** A device that knows its owner, and whose passkeys stay in it. */
  device: { transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  /** The same, with passkeys that are copied to the owner's other devices. */
  synced: {
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    defaultBackupEligibility: true,
    defaultBackupState: true,
  },
} as const;

/** Gives the person at a page a key, in Chromium's virtual authenticator environment (WebAuthn §11). */
export async function giveKey(page: Page, kind: keyof typeof KINDS): Promise<VirtualKey> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', automaticPresenceSimulation: true, ...KINDS[kind] } as const;
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    async touch(enabled) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
    async remove() {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
