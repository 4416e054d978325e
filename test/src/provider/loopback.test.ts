import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasLoopbackApplications } from '#src/provider/loopback.ts';

test('applications are on this machine only where plain http was allowed and the organisation is there too', () => {
  const allowed = (issuer: string, plainHttp = true) => hasLoopbackApplications({ issuer }, { plainHttp });
  assert.equal(allowed('http://localhost:3000'), true);
  assert.equal(allowed('http://verzuim.localhost:3000'), true);
  assert.equal(allowed('http://localhost:3000', false), false);
  for (const issuer of [
    'https://login.example',
    'https://localhost:3000',
    'http://login.example',
    'http://10.0.0.1',
    'http://localhost.example',
  ]) {
    assert.equal(allowed(issuer), false, issuer);
  }
});
