import { type Browser, chromium } from 'playwright-core';
import { chromium as chromiumProgram, findProgram } from './programs.ts';

/** Starts Chromium: the one named by TEST_CHROMIUM, else Debian's. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? findProgram(chromiumProgram) ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
