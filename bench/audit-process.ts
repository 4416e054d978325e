import { randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDigester } from '#adapters/crypto/digester.ts';
import { openPostgres } from '#adapters/postgres/connect.ts';
import { systemClock as clock } from '#src/clock.ts';
import { composeAudit, openAuditStores } from '#src/compose/audit.ts';
import { createProtocolEvents, createSignInEvents } from '#src/events.ts';
import { createLog } from '#src/log.ts';
import { newReference } from '#src/reference.ts';

/** Milliseconds between two portions of what arrives. */
const STEP = 10;

const [url = '', tenantId = '', rate = '', length = '', signIns = ''] = process.argv.slice(2);
const [perSecond, seconds, count] = [Number(rate), Number(length), Number(signIns)];
const log = createLog({ level: 'silent', format: 'json' });

await using database = openPostgres({ url, poolSize: 10 });
const stores = openAuditStores(database);
const digester = createDigester(randomBytes(32));
await using audit = composeAudit({ stores, digester, clock, log, seals: true });
const { trail } = audit;
const signIn = createSignInEvents(log, trail);
const protocol = createProtocolEvents(log, trail);

const account = randomUUID();
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';

function contextOf(reference: string) {
  return { tenantId, reference, interaction: randomUUID(), address: '198.51.100.7', userAgent };
}

/** What a sign-in with an app records, request by request, each of which waits for what it recorded. */
async function recordSignIn(): Promise<void> {
  const context = { ...contextOf(newReference()), client: 'absence', session: randomUUID() };
  const { reference } = context;
  signIn.passwordChecked(context, { outcome: 'success', reason: 'accepted', account });
  await trail.settled(reference);
  signIn.secondStepChecked(context, { outcome: 'success', reason: 'proved', account, method: 'totp' });
  await trail.settled(reference);
  signIn.signedIn(context, { account, acr: 'urn:bench', amr: ['pwd', 'otp', 'mfa'] });
  await trail.settled(reference);
  protocol.authorized(context, { account });
  await trail.settled(reference);
  const exchange = { ...context, reference: newReference() };
  protocol.tokensIssued(exchange, { account, grantType: 'authorization_code' });
  await trail.settled(exchange.reference);
}

/** Events arrive at a fixed pace, each under a number of its own, for as long as asked; says how late the last was kept. */
async function holdPace(): Promise<{ perSecond: number; slowestMs: number }> {
  const kept: Promise<number>[] = [];
  const begun = performance.now();
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - begun) / 1000) * perSecond));
    for (; sent < due; sent += 1) {
      const context = contextOf(newReference());
      const at = performance.now();
      signIn.passwordChecked(context, { outcome: 'failure', reason: 'refused', account });
      kept.push(trail.settled(context.reference).then(() => performance.now() - at));
    }
    await sleep(STEP);
  }
  const waits = await Promise.all(kept);
  const took = (performance.now() - begun) / 1000;
  return { perSecond: waits.length / took, slowestMs: Math.max(...waits) };
}

/** CPU of this process and time on the clock for one sign-in's records, several at a time, as in a storm. */
async function measureSignIns(): Promise<{ cpuMs: number; wallMs: number }> {
  const lanes = 8;
  const each = Math.ceil(count / lanes);
  const lane = async () => {
    for (let done = 0; done < each; done += 1) await recordSignIn();
  };
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await Promise.all(Array.from({ length: lanes }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000 / (each * lanes), wallMs: (performance.now() - begun) / each };
}

await Promise.all(Array.from({ length: 50 }, recordSignIn));
const pace = await holdPace();
const { cpuMs, wallMs } = await measureSignIns();
process.stdout.write(JSON.stringify({ ...pace, signInCpuMs: cpuMs, signInWallMs: wallMs }));
