/* One password hash after another, alone in this process, for as many seconds as its argument says. */
import { openPasswordHasher } from '#adapters/crypto/password-hasher.ts';
import { settingsSchema } from '#config/settings.ts';
import { PASSWORD } from './sign-in.ts';

/** The product's own cost, unless an operator says otherwise. */
const cost = settingsSchema.shape.password.parse({});
await using hasher = await openPasswordHasher({ ...cost, threads: 1 });
const stored = await hasher.hash(PASSWORD);
const end = performance.now() + Number(process.argv[2]) * 1000;
const [before, begun] = [process.cpuUsage(), performance.now()];
let hashes = 0;
while (performance.now() < end || hashes < 10) {
  const { ok } = await hasher.verify(stored, PASSWORD);
  if (!ok) throw new Error('the right password was refused');
  hashes += 1;
}
const { user, system } = process.cpuUsage(before);
const wallMs = (performance.now() - begun) / hashes;
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000 / hashes, wallMs, hashes }));
