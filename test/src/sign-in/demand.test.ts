import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACR_MFA, ACR_PHISHING_RESISTANT } from '#src/sign-in/assurance.ts';
import { type AssuranceRequest, demandedAcr, isUnanswerable, meetsDemand } from '#src/sign-in/demand.ts';

const MFA = ACR_MFA;
const STRONG = ACR_PHISHING_RESISTANT;
const NONE = { demanded: false, preferred: false };
const DEMANDED = { demanded: true, preferred: false };
const PREFERRED = { demanded: false, preferred: true };

const silent: AssuranceRequest = {
  acrValues: undefined,
  claim: undefined,
  clientDefault: undefined,
  clientRequired: undefined,
};
const demandOf = (said: Partial<AssuranceRequest>) => demandedAcr({ ...silent, ...said });

/** No level of ours, whatever it looks like; without blanks, which separate values. */
const unknown = fc
  .oneof(fc.string({ minLength: 1 }), fc.constantFrom('0', 'phr', `${STRONG}/`, STRONG.toUpperCase()))
  .map((value) => value.replaceAll(' ', '_'))
  .filter((value) => value !== MFA && value !== STRONG);
const unknowns = fc.array(unknown, { maxLength: 4 });
const value = fc.oneof(unknown, fc.constantFrom(MFA, STRONG));
const values = fc.array(value, { maxLength: 6 });
const claim = fc.record({ essential: fc.boolean(), values });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const requests = fc.record({
  acrValues: optional(values.map((list) => list.join(' '))),
  claim: optional(claim),
  clientDefault: optional(values),
  clientRequired: optional(value),
});

test('a request that names no level demands nothing, and neither do levels that there are not', () => {
  fc.assert(
    fc.property(unknowns, fc.boolean(), (list, essential) => {
      const said = { acrValues: list.join(' '), claim: { essential, values: list }, clientDefault: list };
      assert.deepEqual(demandOf(said), NONE);
    }),
  );
});

test('the stronger level alone is demanded, and before the other one a wish, whatever unknown ones stand between', () => {
  fc.assert(
    fc.property(unknowns, unknowns, unknowns, (a, b, c) => {
      const acrValues = (...list: string[]) => demandOf({ acrValues: list.join(' ') });
      assert.deepEqual(acrValues(...a, STRONG, ...b), DEMANDED);
      assert.deepEqual(acrValues(...a, STRONG, ...b, STRONG, ...c), DEMANDED);
      assert.deepEqual(acrValues(...a, STRONG, ...b, MFA, ...c), PREFERRED);
      assert.deepEqual(acrValues(...a, MFA, ...b, STRONG, ...c), NONE);
    }),
  );
});

test('an individual request demands only when it is essential and takes no other level of ours', () => {
  fc.assert(
    fc.property(claim, ({ essential, values }) => {
      const takesStrong = values.includes(STRONG);
      const takesBoth = takesStrong && values.includes(MFA);
      const { demanded } = demandOf({ claim: { essential, values } });
      assert.equal(demanded, essential && takesStrong && !takesBoth);
    }),
  );
});

test('a voluntary request for the stronger level is a wish', () => {
  assert.deepEqual(demandOf({ claim: { essential: false, values: [STRONG] } }), PREFERRED);
});

test('an individual request with values takes the place of acr_values and of the client’s default', () => {
  fc.assert(
    fc.property(requests, claim, (said, own) => {
      fc.pre(own.values.length > 0);
      const alone = demandOf({ claim: own, clientRequired: said.clientRequired });
      assert.deepEqual(demandedAcr({ ...said, claim: own }), alone);
      const withoutValues = { essential: own.essential, values: [] };
      assert.deepEqual(
        demandedAcr({ ...said, claim: withoutValues }),
        demandedAcr({ ...said, claim: undefined }),
      );
    }),
  );
});

test('the client’s default counts only when the request names nothing', () => {
  assert.deepEqual(demandOf({ clientDefault: [STRONG] }), DEMANDED);
  assert.deepEqual(demandOf({ clientDefault: [STRONG, MFA] }), PREFERRED);
  assert.deepEqual(demandOf({ clientDefault: [STRONG], acrValues: ' ' }), DEMANDED);
  assert.deepEqual(demandOf({ clientDefault: [STRONG], acrValues: MFA }), NONE);
  assert.deepEqual(demandOf({ clientDefault: [STRONG], acrValues: 'urn:other' }), NONE);
});

test('no request talks its way past what the operator requires of a client', () => {
  fc.assert(
    fc.property(requests, (said) => {
      assert.deepEqual(demandedAcr({ ...said, clientRequired: STRONG }), DEMANDED);
    }),
  );
});

test('a client that requires two steps requires no more than every sign-in has', () => {
  fc.assert(
    fc.property(requests, (said) => {
      const required = demandedAcr({ ...said, clientRequired: MFA });
      assert.deepEqual(required, demandedAcr({ ...said, clientRequired: undefined }));
    }),
  );
});

test('nothing is both demanded and a wish', () => {
  fc.assert(
    fc.property(requests, (said) => {
      const { demanded, preferred } = demandedAcr(said);
      assert.equal(demanded && preferred, false);
    }),
  );
});

test('only a phishing-resistant sign-in meets a demand; anything meets a wish', () => {
  for (const acr of [undefined, '', MFA, 'urn:other']) assert.equal(meetsDemand(acr, DEMANDED), false);
  assert.equal(meetsDemand(STRONG, DEMANDED), true);
  for (const acr of [MFA, STRONG]) {
    assert.equal(meetsDemand(acr, PREFERRED), true);
    assert.equal(meetsDemand(acr, NONE), true);
  }
});

test('an essential request is unanswerable when it names levels and none of ours', () => {
  fc.assert(
    fc.property(claim, ({ essential, values }) => {
      const named = values.length > 0 && !values.includes(MFA) && !values.includes(STRONG);
      assert.equal(isUnanswerable({ essential, values }), essential && named);
    }),
  );
});
