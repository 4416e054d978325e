import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Ending } from './postgres.ts';

/** Which target each request goes to, over and over: every target follows every target, itself included. */
const TURNS = [0, 1, 1, 0];

/** A proxy in front of several processes. */
export interface Forwarder {
  /** How many requests each target got. */
  counts(): number[];
}

/** As a real proxy does: the Host stays, and the sender's address comes last in X-Forwarded-For. */
function headersOf({ headers, socket }: IncomingMessage): IncomingMessage['headers'] {
  const earlier = headers['x-forwarded-for'];
  const senders = [earlier, socket.remoteAddress].filter((part) => part !== undefined);
  return { ...headers, 'x-forwarded-for': senders.join(', ') };
}

/** Takes requests on a port of localhost and gives them to the processes on these ports, by turns. */
export async function openForwarder(t: Ending, port: number, targets: readonly number[]): Promise<Forwarder> {
  const agent = new Agent({ keepAlive: true });
  const counts = targets.map(() => 0);
  let requests = 0;
  const forward = (req: IncomingMessage, res: ServerResponse) => {
    const turn = (TURNS[requests % TURNS.length] ?? 0) % targets.length;
    requests += 1;
    counts[turn] = (counts[turn] ?? 0) + 1;
    const { method, url } = req;
    const onward = request({
      agent,
      host: 'localhost',
      port: targets[turn],
      method,
      path: url,
      headers: headersOf(req),
    });
    onward.on('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  };
  const server = createServer(forward).listen(port, 'localhost');
  await once(server, 'listening');
  t.after(async () => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { counts: () => [...counts] };
}
