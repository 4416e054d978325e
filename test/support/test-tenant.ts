import type { RawSettings } from '#config/settings.ts';

/** The organisation of every test that does not look at its texts: an app is its only second step, and it asks no more. */
export const TEST_TENANT = {
  name: 'Testorganisatie',
  productName: 'Verzuimtest',
  applicationName: 'Verzuimtest',
  initiateLoginUri: 'http://localhost:9/login',
  helpDesk: { email: 'helpdesk@test.example' },
  secondStep: { methods: ['totp'], backupCode: 'none' },
  firstSignIn: { asks: 'nothing' },
} satisfies RawSettings['tenant'];

/** The same with every method and every step, as a tenant has them that decides nothing. */
export const FULL_TENANT = {
  ...TEST_TENANT,
  secondStep: {},
  firstSignIn: {},
} satisfies RawSettings['tenant'];
