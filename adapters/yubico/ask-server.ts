import { z } from 'zod';
import type { Fault } from './judge-answer.ts';

/** Most bytes of an answer; a real one has about 250. */
const MOST_BYTES = 4096;

/** What undici puts around the system's, the TLS library's or its own error. */
const failureSchema = z.object({
  cause: z.object({ code: z.string().regex(/^[A-Z][A-Z0-9_]{1,60}$/) }),
});

/** The body as text; undefined when it is longer than any answer is. */
async function boundedText({ body }: Response): Promise<string | undefined> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** By name only: an error's own text can repeat the address, and the code stands in that. */
function unreachable(failure: unknown, signal: AbortSignal): Fault {
  if (signal.aborted) return { kind: 'fault', reason: 'does not answer in time' };
  const code = failureSchema.safeParse(failure).data?.cause.code;
  return { kind: 'fault', reason: `can't be reached${code === undefined ? '' : ` (${code})`}` };
}

/**
 * Asks one server and returns the text of its answer, or what came instead. No redirect is followed: it could lead to
 * any address inside (ground rule 13). Never throws.
 */
export async function askServer(
  server: string,
  query: string,
  signal: AbortSignal,
): Promise<{ kind: 'text'; text: string } | Fault> {
  try {
    const response = await fetch(`${server}?${query}`, {
      redirect: 'manual',
      headers: { accept: 'text/plain' },
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { kind: 'fault', reason: `answers with status ${response.status}` };
    }
    const text = await boundedText(response);
    return text === undefined
      ? { kind: 'fault', reason: 'answers more than any answer is long' }
      : { kind: 'text', text };
  } catch (failure) {
    return unreachable(failure, signal);
  }
}
