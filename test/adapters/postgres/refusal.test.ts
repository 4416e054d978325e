import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresRefusal } from '#adapters/postgres/refusal.ts';
import { AppError } from '#src/errors.ts';

function failure(message: string, properties: Record<string, string>): AppError {
  const cause = Object.assign(new Error(message), properties);
  return new AppError('store-unavailable', 503, 'the database does not answer', { cause });
}

test('a certificate that does not verify is no reason to wait', () => {
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ]) {
    assert.match(postgresRefusal(failure('planted', { code })) ?? '', new RegExp(`certificate.*${code}`));
  }
});

test('what may pass is waited for', () => {
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']) {
    assert.equal(postgresRefusal(failure('connect', { code, syscall: 'connect' })), undefined, code);
  }
  for (const code of ['57P03', '53300', '57P01', '08006']) {
    assert.equal(postgresRefusal(failure('not now', { code, severity: 'FATAL' })), undefined, code);
  }
  assert.equal(postgresRefusal(failure('timeout expired', {})), undefined);
  // A socket that is not there yet is a server that has not started.
  assert.equal(postgresRefusal(failure('connect', { code: 'ENOENT', syscall: 'connect' })), undefined);
});

test('a certificate file that is not there is told as what it is', () => {
  const error = Object.assign(new Error('no such file'), {
    code: 'ENOENT',
    syscall: 'open',
    path: '/ca.pem',
  });
  assert.match(postgresRefusal(error) ?? '', /certificate file/);
});
