import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formActionSource } from '#src/provider/pages.ts';

test('a policy names the origin of an address, without path and query', () => {
  assert.equal(formActionSource('https://app.example/callback?x=1'), 'https://app.example');
  assert.equal(formActionSource('http://127.0.0.1:8080/callback'), 'http://127.0.0.1:8080');
});

test('a policy names the scheme alone for an app’s own scheme', () => {
  assert.equal(formActionSource('com.example.app:/callback'), 'com.example.app:');
});

test('what is no address adds nothing to a policy', () => {
  for (const address of [undefined, '', '/callback', 'x; script-src *']) {
    assert.equal(formActionSource(address), undefined);
  }
});

test('no address can bring a directive of its own into a policy', () => {
  for (const address of ['https://app.example/;script-src *', "https://app.example/'unsafe-inline'"]) {
    assert.equal(formActionSource(address), 'https://app.example');
  }
  for (const address of ['https://a;b/', 'https://a b/', 'https://*/x']) {
    assert.equal(formActionSource(address), undefined, address);
  }
});
