import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Clock } from '#src/clock.ts';
import { createBoundedStore } from '../bounded-store.ts';
import type { SignedIn } from '../signed-in.ts';
import { type Language, languageOf, WORDS, type Words } from '../words/language.ts';
import { cookieName, setCookie } from './cookies.ts';

const MINUTE = 60_000;
const SESSIONS = { entries: 1000, age: 10 * 60 * MINUTE, idle: 30 * MINUTE };
const SESSION_COOKIE = 'session';

/** Who is looking, and in which language. */
export interface Visitor {
  language: Language;
  words: Words;
  /** Undefined for somebody who is not signed in here. */
  session: { id: string; signedIn: SignedIn } | undefined;
}

/** Sessions at this application: on the server; the browser holds a random name of one and nothing else. */
export interface Visitors {
  of(ctx: Context): Visitor;
  /** Begins a session under a new name, whatever name the browser had (ASVS 5.0 7.2.4). */
  signIn(ctx: Context, signedIn: SignedIn): void;
  /** Puts renewed tokens in a session that still lives; a session that ended meanwhile stays ended. */
  renew(id: string, signedIn: SignedIn): void;
  signOut(ctx: Context): void;
  /** Ends the sessions that came of one session at the provider, or, where none is named, all of a person. */
  end(of: { subject: string | undefined; sid: string | undefined }): void;
}

/** Makes an empty set of sessions for the application at `origin`. */
export function createVisitors(origin: string, clock: Clock): Visitors {
  const secure = origin.startsWith('https:');
  const sessions = createBoundedStore<SignedIn>(SESSIONS, clock);
  const idOf = (ctx: Context) => ctx.cookies.get(cookieName(SESSION_COOKIE, secure));

  return {
    of(ctx) {
      const language = languageOf(ctx, secure);
      const id = idOf(ctx);
      const signedIn = id === undefined ? undefined : sessions.get(id);
      const session = id === undefined || signedIn === undefined ? undefined : { id, signedIn };
      return { language, words: WORDS[language], session };
    },
    signIn(ctx, signedIn) {
      sessions.delete(idOf(ctx) ?? '');
      const id = randomBytes(32).toString('base64url');
      sessions.put(id, signedIn);
      setCookie(ctx, SESSION_COOKIE, id, { secure });
    },
    renew(id, signedIn) {
      sessions.replace(id, signedIn);
    },
    signOut(ctx) {
      sessions.delete(idOf(ctx) ?? '');
      setCookie(ctx, SESSION_COOKIE, null, { secure });
    },
    end({ subject, sid }) {
      const isTheirs = (signedIn: SignedIn) => subject === undefined || signedIn.subject === subject;
      const isThere = ({ idClaims }: SignedIn) => sid === undefined || idClaims.sid === sid;
      sessions.deleteWhere((signedIn) => isTheirs(signedIn) && isThere(signedIn));
    },
  };
}
