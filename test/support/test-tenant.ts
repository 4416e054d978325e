/** The organisation of every test that does not look at its texts. */
export const TEST_TENANT = {
  name: 'Testorganisatie',
  productName: 'Verzuimtest',
  applicationName: 'Verzuimtest',
  initiateLoginUri: 'http://localhost:9/login',
  helpDesk: { email: 'helpdesk@test.example' },
};
