import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { createLog, type Log } from '#src/log.ts';
import type { Channel, DeliveryFault, Dispatch, Supplier } from '#src/message/ports.ts';

/** What the other side of a supplier can be made to do, and what must come of it; undefined: the message is taken. */
export const BEHAVIOURS = {
  takes: undefined,
  /** Takes the connection and says nothing. */
  silent: 'unreachable',
  /** Nobody is there. */
  absent: 'unreachable',
  /** Ends the connection instead of answering. */
  cut: 'unreachable',
  garbage: 'unreachable',
  busy: 'unreachable',
  /** Shows a certificate that nobody vouches for. */
  impostor: 'unreachable',
  number: 'number',
  balance: 'balance',
  rejected: 'rejected',
} as const satisfies Record<string, DeliveryFault | undefined>;

export type Behaviour = keyof typeof BEHAVIOURS;

/** A message as it reached the other side. */
export interface Arrived {
  to: string;
  text: string;
}

export interface SupplierBench {
  supplier: Supplier;
  /** All that reached the other side, oldest first. */
  arrived: readonly Arrived[];
  /** Resolves once the other side was reached by a try. */
  reached: Promise<unknown>;
}

export interface SupplierContract {
  channel: Channel;
  to: string;
  /** What this supplier's other side can do beside `takes`. */
  behaviours: readonly Exclude<Behaviour, 'takes'>[];
  /** How a text looks when it has arrived, where that is not as it was sent. */
  shown?(text: string): string;
  open(t: TestContext, how: Behaviour, log: Log): SupplierBench | Promise<SupplierBench>;
}

/** Texts that a careless supplier would break, cut or take for something else. */
const TEXTS = [
  '123456 is uw inlogcode. Geef hem aan niemand.\n@login.example #123456',
  'Ĳsvogel: €1 × 1 = 1 😀 ë',
  '{to} {"text": "{text}"} \\ " \' %s $& <b>&amp;</b>',
];

function dispatchOf({ channel, to }: SupplierContract, text = TEXTS[0] ?? ''): Dispatch {
  const subject = channel === 'email' ? 'Uw inlogcode' : undefined;
  const issuer = 'https://login.example';
  return {
    at: 1,
    channel,
    to,
    subject,
    text,
    locale: 'nl',
    tenantId: randomUUID(),
    issuer,
    delivery: randomUUID(),
  };
}

/** A bench and what its supplier logged. */
async function openBench(t: TestContext, contract: SupplierContract, how: Behaviour) {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) });
  const bench = await contract.open(t, how, log);
  return { bench, lines };
}

/** What every Supplier keeps to. */
export function describeSupplierContract(name: string, contract: SupplierContract): void {
  const { channel, to, behaviours, shown = (text) => text } = contract;

  describe(`${name} as supplier of ${channel}`, () => {
    test('says what it serves, and takes a message with its text and receiver', async (t) => {
      for (const text of TEXTS) {
        const { bench } = await openBench(t, contract, 'takes');
        const { supplier } = bench;
        assert.ok(supplier.channels.includes(channel));
        const result = await supplier.send(dispatchOf(contract, text), AbortSignal.timeout(5000));
        assert.ok(result.ok, JSON.stringify(result));
        assert.equal(result.supplier, supplier.name);
        assert.deepEqual(bench.arrived, [{ to, text: shown(text) }]);
      }
    });

    test('sends nothing once the signal is aborted', async (t) => {
      const { bench } = await openBench(t, contract, 'takes');
      const result = await bench.supplier.send(dispatchOf(contract), AbortSignal.abort());
      assert.deepEqual(result, { ok: false, fault: 'unreachable' });
      assert.deepEqual(bench.arrived, []);
    });

    for (const how of behaviours) {
      test(`answers ${BEHAVIOURS[how]} when the other side is: ${how}, and logs neither text nor receiver`, async (t) => {
        const { bench, lines } = await openBench(t, contract, how);
        const { supplier, reached } = bench;
        const given = new AbortController();
        const sending = supplier.send(dispatchOf(contract), given.signal);
        if (how === 'silent') {
          await reached;
          given.abort();
        }
        assert.deepEqual(await sending, { ok: false, fault: BEHAVIOURS[how] });
        const logged = lines.join('');
        assert.match(logged, new RegExp(`"supplier":"${supplier.name}"`));
        for (const secret of ['123456', to, to.replace('+', '')]) {
          assert.ok(!logged.includes(secret), `${secret} in ${logged}`);
        }
      });
    }
  });
}
