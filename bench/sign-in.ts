import { Application, authorizationPath, REDIRECT_URI, type Tokens } from './application.ts';
import { type Answer, type HttpClient, locationOf, refuse } from './http-client.ts';
import { appCode, codeIn, newState, type Person, Visitor } from './visitor.ts';

/** The steps of a whole sign-in, one request each, in their order. */
export const STEPS = [
  'authorize',
  'password page',
  'password POST',
  'code page',
  'code POST',
  'resume',
  'token',
  'userinfo',
] as const;

export type Step = (typeof STEPS)[number];

/** The password of everybody here. */
export const PASSWORD = 'kade-molen-Vlieger-58';

/** A server that people can sign in to. */
export interface Front {
  client: HttpClient;
  issuer: string;
}

function formPath(what: string, answer: Answer, step: string): string {
  const action = /<form[^>]*action="([^"]+)"/.exec(answer.body.slice(answer.body.indexOf('<main')))?.[1];
  const shown = /<main data-step="([^"]+)"/.exec(answer.body)?.[1];
  if (answer.status !== 200 || shown !== step || action === undefined) refuse(`${what} (${shown})`, answer);
  return action.replaceAll('&amp;', '&');
}

/** One sign-in from the application to its userinfo, a step at a time. */
export class SignIn {
  readonly person: Person;
  readonly visitor: Visitor;
  readonly #application: Application;
  readonly #state = newState();
  /** Where the next step goes. */
  #next = authorizationPath(this.#state);
  #tokens: Tokens | undefined;

  constructor({ client, issuer }: Front, person: Person) {
    this.person = person;
    this.visitor = new Visitor(client, issuer);
    this.#application = new Application(client, issuer);
  }

  /** What it ended with. */
  get tokens(): Tokens {
    if (this.#tokens === undefined) throw new Error('this sign-in has no tokens yet');
    return this.#tokens;
  }

  readonly #run: Record<Step, () => Promise<void>> = {
    authorize: async () => this.#go('authorize', await this.visitor.get(this.#next), '/interaction/'),
    'password page': async () => {
      this.#next = formPath('password page', await this.visitor.get(this.#next), 'password');
    },
    'password POST': async () => {
      const fields = { login_name: this.person.loginName, password: PASSWORD };
      this.#go('password POST', await this.visitor.post(this.#next, fields), '/interaction/');
    },
    'code page': async () => {
      this.#next = formPath('code page', await this.visitor.get(this.#next), 'second-step');
    },
    'code POST': async () => {
      const code = appCode(this.person.appKey, Date.now());
      this.#go('code POST', await this.visitor.post(this.#next, { code }), '');
    },
    resume: async () => {
      const answer = await this.visitor.get(this.#next);
      this.#next = codeIn('resume', answer, { redirectUri: REDIRECT_URI, state: this.#state });
    },
    token: async () => {
      this.#tokens = await this.#application.exchange(this.#next);
    },
    userinfo: () => this.#application.userinfo(this.tokens.access, this.person),
  };

  #go(what: string, answer: Answer, start: string): void {
    this.#next = locationOf(what, answer, start);
  }

  /** Takes one step. Rejects unless the server answered as it should. */
  step(step: Step): Promise<void> {
    return this.#run[step]();
  }

  /** Takes every step; `told` hears of each one's time in milliseconds. */
  async all(told: (step: Step, ms: number) => void = () => {}): Promise<void> {
    for (const step of STEPS) {
      const begun = performance.now();
      await this.step(step);
      told(step, performance.now() - begun);
    }
  }
}

/** A person who is signed in, with the browser and the newest tokens. */
export interface Session {
  person: Person;
  visitor: Visitor;
  tokens: Tokens;
}

/** A further code for somebody who is signed in: single sign-on, without a page. */
export async function nextCode({ visitor }: Pick<Session, 'visitor'>): Promise<string> {
  const state = newState();
  const answer = await visitor.get(authorizationPath(state));
  return codeIn('single sign-on', answer, { redirectUri: REDIRECT_URI, state });
}
