import { Application, authorizationPath, REDIRECT_URI } from './application.ts';
import { locationOf } from './http-client.ts';
import type { Target } from './installation.ts';
import { type Session, SignIn } from './sign-in.ts';
import { codeIn, newState, type Person, Visitor } from './visitor.ts';

/** Signs people in at our server, with all that it asks. */
async function signInAtOurs(target: Target, person: Person): Promise<Session> {
  const signIn = new SignIn(target, person);
  await signIn.all();
  return { person, visitor: signIn.visitor, tokens: signIn.tokens };
}

/** Signs somebody in at the bare server, which takes our word for it. */
async function signInAtBare({ client, issuer }: Target, person: Person): Promise<Session> {
  const visitor = new Visitor(client, issuer);
  const state = newState();
  const asked = await visitor.get(authorizationPath(state));
  const page = locationOf('bare authorize', asked, '/interaction/');
  const answered = await visitor.get(`${page}?as=${person.id}`);
  const back = await visitor.get(locationOf('bare sign-in', answered, issuer));
  const code = codeIn('bare resume', back, { redirectUri: REDIRECT_URI, state });
  const tokens = await new Application(client, issuer).exchange(code);
  return { person, visitor, tokens };
}

/** Signs `count` people in, a few at a time. */
export async function openSessions(target: Target, people: () => Person, count: number): Promise<Session[]> {
  const signIn = target.name === 'ours' ? signInAtOurs : signInAtBare;
  const sessions: Session[] = [];
  while (sessions.length < count) {
    const some = Array.from({ length: Math.min(4, count - sessions.length) }, () => signIn(target, people()));
    sessions.push(...(await Promise.all(some)));
  }
  return sessions;
}
