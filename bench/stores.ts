import { randomBytes, randomUUID } from 'node:crypto';
import { Secret } from 'otpauth';
import { z } from 'zod';
import { createDigester } from '#adapters/crypto/digester.ts';
import { createSealer, masterKeyFrom } from '#adapters/crypto/sealer.ts';
import { createAccountStore } from '#adapters/postgres/account-store.ts';
import { openPostgres } from '#adapters/postgres/connect.ts';
import { createEnrolmentStore } from '#adapters/postgres/enrolment-store.ts';
import { createFactorStore } from '#adapters/postgres/factor-store.ts';
import { newTotpData, TOTP_KIND } from '#interactions/factors/totp.ts';
import type { Person } from './visitor.ts';

/** Where people are kept, and under which key. */
export interface StoreAddress {
  databaseUrl: string;
  masterKey: string;
  poolSize: number;
}

/** The product's own stores of people on its database. */
export function openStores({ databaseUrl, masterKey, poolSize }: StoreAddress) {
  const database = openPostgres({ url: databaseUrl, poolSize });
  const sealer = createSealer({ current: masterKeyFrom(masterKey), previous: [] });
  // Nobody here signs in by e-mail address, which is all that digests are for.
  const digester = createDigester(randomBytes(32));
  return {
    accounts: createAccountStore({ database, sealer, digester }),
    factors: createFactorStore({ database, sealer }),
    enrolments: createEnrolmentStore({ database, sealer, digester }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

type Stores = ReturnType<typeof openStores>;

const appData = z.object({ seed: z.string() });

async function addPerson(stores: Stores, tenantId: string, n: number, passwordHash: string): Promise<Person> {
  const loginName = `bench.${n}`;
  const email = `bench.${n}@people.bench.example`;
  const result = await stores.accounts.create({
    tenantId,
    loginName,
    loginNameCanonical: loginName,
    passwordHash,
    givenName: 'Bench',
    familyName: `Number ${n}`,
    email,
    emailVerified: true,
    phone: undefined,
    phoneVerified: false,
    locale: 'nl',
    roles: ['employee'],
  });
  if (result.kind !== 'created') throw new Error(`${loginName} is there already`);
  const { id } = result.account;
  const data = newTotpData();
  const factor = { id: randomUUID(), tenantId, accountId: id, kind: TOTP_KIND, label: TOTP_KIND, data };
  await stores.factors.addFirst({ ...factor, identity: undefined, lastCounter: undefined }, Date.now());
  // They have been here before: a sign-in asks for password and code, and nothing of a first one is left.
  await stores.enrolments.finish(tenantId, id, Date.now());
  const { seed } = appData.parse(JSON.parse(data));
  return { id, loginName, email, appKey: Buffer.from(Secret.fromBase32(seed).bytes) };
}

/** Which people to add: `count` of them, the first one numbered `from`. */
export interface People {
  tenantId: string;
  from: number;
  count: number;
  passwordHash: string;
}

/**
 * Adds people who can sign in, through the product's own stores. All have one password hash, because hashing for
 * each would take longer than the bench; checking it costs the same.
 */
export async function addPeople(stores: Stores, people: People): Promise<Person[]> {
  const { tenantId, from, count, passwordHash } = people;
  const added: Person[] = [];
  let next = from;
  const writer = async () => {
    while (next < from + count) {
      const n = next;
      next += 1;
      added.push(await addPerson(stores, tenantId, n, passwordHash));
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  return added;
}
