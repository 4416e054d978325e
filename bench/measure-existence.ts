import { randomInt } from 'node:crypto';
import { authorizationPath } from './application.ts';
import { locationOf, refuse } from './http-client.ts';
import type { Bench } from './measure.ts';
import type { Existence } from './results.ts';
import { percentile } from './statistics.ts';
import { newState, Visitor } from './visitor.ts';

/** What a stranger can do to find out whether somebody is known here. */
export const PROBES = ['wrong password', 'asking for a new password'] as const;

export type Probe = (typeof PROBES)[number];

const pairsOf = ({ options }: Pick<Bench, 'options'>) => (options.quick ? 60 : 400);

/** People that the measure needs: each is tried once by every probe. */
export const peopleProbed = (of: Pick<Bench, 'options'>): number => pairsOf(of) * PROBES.length;

/** Where the page's form goes, and what it hides. */
function formOf(page: string): { path: string; fields: Record<string, string> } {
  const form = /<form[\s\S]*?<\/form>/.exec(page.slice(page.indexOf('<main')))?.[0] ?? '';
  const path = /action="([^"]+)"/.exec(form)?.[1];
  if (path === undefined) throw new Error('a page that should have a form has none');
  const hidden = form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return {
    path: path.replaceAll('&amp;', '&'),
    fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
  };
}

/** One try by a browser that was never seen, at an address that nobody has: milliseconds from the press to the answer. */
async function tryOnce({ ours }: Bench, probe: Probe, loginName: string): Promise<number> {
  const visitor = new Visitor(ours.client, ours.issuer);
  const [start, typed, next] =
    probe === 'wrong password'
      ? [
          locationOf('authorize', await visitor.get(authorizationPath(newState())), '/interaction/'),
          { password: 'not-the-Password-of-anybody' },
          '/interaction/',
        ]
      : ['/recover/password', {}, '/recover/'];
  const page = await visitor.get(start);
  if (page.status !== 200) refuse(probe, page);
  const { path, fields } = formOf(page.body);
  const answer = await visitor.post(path, { ...fields, login_name: loginName, ...typed });
  locationOf(probe, answer, next);
  return answer.ms;
}

/**
 * Times of what a stranger can try, for names that somebody has and for names that nobody has (ground rule 3): by
 * chance, one at a time, so that whatever else the machine does, and what is done for earlier ones behind them, falls
 * on both alike.
 */
export async function measureExistence(bench: Bench): Promise<void> {
  const existence: Partial<Record<Probe, Existence>> = {};
  for (const probe of PROBES) {
    const known: number[] = [];
    const unknown: number[] = [];
    for (let pair = 0; pair < pairsOf(bench); pair += 1) {
      bench.signal.throwIfAborted();
      const somebody = bench.people().loginName;
      // As long as a name of somebody's.
      const nobody = newState().slice(0, somebody.length).padEnd(somebody.length, 'x');
      const tries = [
        { name: somebody, times: known },
        { name: nobody, times: unknown },
      ];
      for (const { name, times } of randomInt(2) === 0 ? tries : tries.reverse()) {
        times.push(await tryOnce(bench, probe, name));
      }
    }
    const of = (ms: number[]) => ({ p50: percentile(ms, 50), p95: percentile(ms, 95) });
    existence[probe] = { known: of(known), unknown: of(unknown), pairs: known.length };
  }
  bench.results.existence = existence;
}
