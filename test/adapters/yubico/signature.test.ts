import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSigned, signatureOf, signedText } from '#adapters/yubico/signature.ts';

const names = fc.string({
  unit: fc.constantFrom(...'abcdefgijklmnopqrstuvwxyz'),
  minLength: 1,
  maxLength: 14,
});
const values = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/=-:'), maxLength: 44 });
const parameters = fc.uniqueArray(fc.tuple(names, values), { selector: ([name]) => name, maxLength: 12 });
const keys = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes));

/** The same entries in another order. */
const shuffled = parameters.chain((entries) =>
  fc.tuple(
    fc.constant(entries),
    fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
  ),
);

describe('the signature of the validation protocol', () => {
  test('is the one of the protocol’s own example', () => {
    const key = Buffer.from('mG5be6ZJU1qBGz24yPh/ESM3UdU=', 'base64');
    const request = new Map([
      ['otp', 'vvungrrdhvtklknvrtvuvbbkeidikkvgglrvdgrfcdft'],
      ['id', '1'],
      ['nonce', 'jrFwbaYFhn0HoxZIsd9LQ6w2ceU'],
    ]);
    assert.equal(signatureOf(request, key), '+ja8S3IjbX593/LAgTBixwPNGX4=');
  });

  test('is over the parameters in the order of their names, whatever order they come in', () => {
    assert.equal(signedText(new Map(Object.entries({ b: '1', a: '2', c: '3', h: 'x' }))), 'a=2&b=1&c=3');
    fc.assert(
      fc.property(shuffled, keys, ([one, other], key) => {
        assert.equal(signatureOf(new Map(one), key), signatureOf(new Map(other), key));
        const inOrder = signedText(new Map(other))
          .split('&')
          .map((pair) => pair.split('=')[0] ?? '');
        assert.deepEqual(inOrder, inOrder.toSorted());
      }),
    );
  });

  test('is found right on whatever was signed with the same key', () => {
    fc.assert(
      fc.property(parameters, keys, (entries, key) => {
        assert.equal(isSigned(new Map([...entries, ['h', signatureOf(new Map(entries), key)]]), key), true);
      }),
    );
  });

  test('is found wrong once anything in the answer, the signature or the key is another', () => {
    fc.assert(
      fc.property(parameters, keys, names, values, fc.nat({ max: 19 }), (entries, key, name, value, at) => {
        const answer = new Map(entries);
        fc.pre(answer.get(name) !== value);
        const signature = signatureOf(answer, key);
        const altered = Buffer.from(signature, 'base64');
        altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
        const otherKey = Buffer.concat([key, Buffer.from([1])]);
        assert.equal(isSigned(new Map([...entries, [name, value], ['h', signature]]), key), false);
        assert.equal(isSigned(new Map([...entries, ['h', altered.toString('base64')]]), key), false);
        assert.equal(isSigned(new Map([...entries, ['h', signatureOf(answer, otherKey)]]), key), false);
      }),
    );
  });

  test('is found wrong where there is none, part of one or more than one', () => {
    const key = Buffer.alloc(20, 7);
    const answer = new Map([['status', 'OK']]);
    const right = signatureOf(answer, key);
    assert.equal(isSigned(answer, key), false);
    for (const h of ['', '=', right.slice(0, 8), right + right, `${right}AAAA`.replace('=', ''), '\u0000']) {
      assert.equal(isSigned(new Map([...answer, ['h', h]]), key), false, h);
    }
  });
});
