import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import { listen } from '#src/listen.ts';
import { freePort } from './private-server.ts';

/** Path at which a listener is told. */
const PATH = '/told';

/** An application that is told of sessions that ended, on this machine. */
export interface LogoutListener {
  /** What it registers. */
  uri: string;
  /** Every token that came, oldest first, as it came. */
  tokens: string[];
  /** How it answers: a status, or a redirect to itself. `hang`: never. */
  answers: number | 'elsewhere' | 'hang';
  /** Paths and methods that were asked. */
  asked: string[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Opens one; it ends with its owner. */
export async function openLogoutListener(owner: {
  after(end: () => unknown): void;
}): Promise<LogoutListener> {
  const port = await freePort();
  const server = () =>
    createServer(async (req, res) => {
      listener.asked.push(`${req.method} ${req.url}`);
      const token = new URLSearchParams(await text(req)).get('logout_token');
      if (token !== null) listener.tokens.push(token);
      const { answers } = listener;
      if (answers === 'hang') return;
      if (answers === 'elsewhere') res.writeHead(307, { Location: '/elsewhere' }).end();
      else res.writeHead(answers, { 'Cache-Control': 'no-store' }).end();
    });
  const open = () => {
    const opened = server();
    return listen(opened, { port, address: 'localhost', setting: 'none' }).then(({ close }) => async () => {
      const closed = close();
      opened.closeAllConnections();
      await closed;
    });
  };
  let close: (() => Promise<void>) | undefined;
  const listener: LogoutListener = {
    uri: `http://localhost:${port}${PATH}`,
    tokens: [],
    answers: 200,
    asked: [],
    async start() {
      close = await open();
    },
    async stop() {
      await close?.();
      close = undefined;
    },
  };
  await listener.start();
  owner.after(listener.stop);
  return listener;
}

/** What a token says, checked as an application must (OpenID Connect Back-Channel Logout 1.0 §2.6). */
export async function readLogoutToken(
  token: string | undefined,
  of: { issuer: string; audience: string },
): Promise<{ header: JWTVerifyResult['protectedHeader']; claims: JWTPayload }> {
  const keys = createRemoteJWKSet(new URL(`${of.issuer}/jwks`));
  const verified = await jwtVerify(token ?? '', keys, {
    ...of,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub'],
  });
  return { header: verified.protectedHeader, claims: verified.payload };
}
