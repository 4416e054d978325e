import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { z } from 'zod';
import type { SessionFacts } from '#src/session/ports.ts';
import type { Assurance } from '#src/sign-in/assurance.ts';
import { type AssuranceDemand, meetsDemand } from '#src/sign-in/demand.ts';
import { renewGrant } from './renew-grant.ts';
import { demandOf } from './request-demand.ts';
import { factsIn } from './session-facts.ts';

/** What an interaction is about, as far as a page needs it. */
export interface InteractionView {
  uid: string;
  prompt: 'login' | 'consent';
  clientId: string;
  clientName: string;
  /** Who is signed in already; undefined before a sign-in. */
  accountId: string | undefined;
  /** Scopes that a consent would add. */
  scopes: string[];
  /** Where the browser goes after it: for the page's form-action. */
  redirectUri: string | undefined;
  loginHint: string | undefined;
  uiLocales: string | undefined;
  /** How strong a sign-in the application wants. */
  demand: AssuranceDemand;
  /** It asks for a sign-in although somebody is signed in (`prompt=login`). */
  again: boolean;
  /** This browser's session is on a computer that others use too; told where a sign-in is asked. */
  shared: boolean;
  /** Where to send a browser that comes back to an answered interaction; undefined while unanswered. */
  resume: string | undefined;
}

/** `gone`: it or the session it began in ended, or it never was. `no-cookie`: it is there, but this browser did not begin it. */
export type LoadResult = { kind: 'open'; view: InteractionView } | { kind: 'gone' } | { kind: 'no-cookie' };

/** The way from our pages to oidc-provider's interaction, so that they know nothing of the library. */
export interface InteractionGateway {
  load(req: IncomingMessage, res: ServerResponse, uid: string): Promise<LoadResult>;
  /**
   * Hands over who signed in and how; `at` in milliseconds. Resolves to the address to go on to. A sign-in weaker than
   * demanded signs nobody in: it ends like `unmet`, else the person would be asked again without end.
   */
  signIn(req: IncomingMessage, res: ServerResponse, login: SignedIn): Promise<string>;
  /** Records the person's consent to all that was asked. Resolves to the address to go on to. */
  approve(req: IncomingMessage, res: ServerResponse): Promise<string>;
  /** The person said no: the application gets access_denied. */
  deny(req: IncomingMessage, res: ServerResponse): Promise<string>;
  /** The person can't sign in as strongly as demanded: the application gets unmet_authentication_requirements. */
  unmet(req: IncomingMessage, res: ServerResponse): Promise<string>;
}

export interface SignedIn {
  accountId: string;
  assurance: Assurance;
  at: number;
  /** Kept with the session that comes of it. */
  facts: SessionFacts;
}

const consentDetails = z.looseObject({ missingOIDCScope: z.array(z.string()).default([]) });
const promptName = z.enum(['login', 'consent']);
const optionalText = z.string().optional().catch(undefined);

/** Whether a `prompt` names something (OIDC Core §3.1.2.1). */
function wishes(prompt: unknown, what: string): boolean {
  return optionalText.parse(prompt)?.split(' ').includes(what) === true;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Whether a browser is signed in on a computer that others use too: by now, not when the interaction began. */
async function isShared(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const session = await provider.Session.get(provider.createContext(req, res));
  return factsIn(session.authorizations)?.shared === true;
}

async function view(
  provider: Provider,
  interaction: Interaction,
  shared: (prompt: InteractionView['prompt']) => Promise<boolean>,
): Promise<InteractionView> {
  const { params, prompt, uid, result, returnTo, session } = interaction;
  const clientId = z.string().parse(params.client_id);
  const client = await provider.Client.find(clientId);
  const asked = promptName.parse(prompt.name);
  return {
    uid,
    prompt: asked,
    clientId,
    clientName: client?.clientName ?? clientId,
    accountId: session?.accountId,
    scopes: consentDetails.parse(prompt.details).missingOIDCScope,
    redirectUri: optionalText.parse(params.redirect_uri),
    loginHint: optionalText.parse(params.login_hint),
    uiLocales: optionalText.parse(params.ui_locales),
    demand: demandOf(params, client),
    again: session?.accountId !== undefined && wishes(params.prompt, 'login'),
    shared: await shared(asked),
    resume: result === undefined ? undefined : returnTo,
  };
}

/** Whether an interaction waits for its browser: it is there, and so is the session that it began in, if any. */
async function isOpen(provider: Provider, uid: string): Promise<boolean> {
  const interaction = await provider.Interaction.find(uid);
  const began = interaction?.session;
  if (began?.uid === undefined) return interaction !== undefined;
  const session = await provider.Session.findByUid(began.uid);
  return session !== undefined && session.accountId === began.accountId;
}

async function saveGrant(provider: Provider, interaction: Interaction): Promise<string> {
  const { grantId, params, session, prompt } = interaction;
  const accountId = z.string().parse(session?.accountId);
  const clientId = z.string().parse(params.client_id);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(consentDetails.parse(prompt.details).missingOIDCScope.join(' '));
  return renewGrant(grant);
}

/** Whether a sign-in is as strong as an interaction's request and client demand. */
async function isStrongEnough(
  provider: Provider,
  { params }: Interaction,
  { acr }: Assurance,
): Promise<boolean> {
  const client = await provider.Client.find(z.string().parse(params.client_id));
  return meetsDemand(acr, demandOf(params, client));
}

/** How an interaction ends that gives the application nothing. */
const ENDINGS = {
  denied: { error: 'access_denied', error_description: 'the person said no' },
  unmet: {
    error: 'unmet_authentication_requirements',
    error_description: 'the person could not sign in in a phishing-resistant way',
  },
} as const;

/** The gateway of one tenant's Provider. */
export function createInteractionGateway(provider: Provider): InteractionGateway {
  const end = (req: IncomingMessage, res: ServerResponse, how: keyof typeof ENDINGS) =>
    provider.interactionResult(req, res, ENDINGS[how], { mergeWithLastSubmission: false });
  return {
    async load(req, res, uid) {
      try {
        const interaction = await provider.interactionDetails(req, res);
        if (interaction.uid !== uid) return { kind: 'gone' };
        const shared = async (prompt: string) => prompt === 'login' && isShared(provider, req, res);
        return { kind: 'open', view: await view(provider, interaction, shared) };
      } catch (failure) {
        if (!(failure instanceof errors.SessionNotFound)) throw failure;
        return { kind: (await isOpen(provider, uid)) ? 'no-cookie' : 'gone' };
      }
    },
    async signIn(req, res, { accountId, assurance, at, facts }) {
      const interaction = await provider.interactionDetails(req, res);
      if (!(await isStrongEnough(provider, interaction, assurance))) return end(req, res, 'unmet');
      const login = { accountId, ...assurance, ts: Math.floor(at / 1000), remember: false, facts };
      return provider.interactionResult(req, res, { login }, { mergeWithLastSubmission: false });
    },
    async approve(req, res) {
      const grantId = await saveGrant(provider, await provider.interactionDetails(req, res));
      return provider.interactionResult(
        req,
        res,
        { consent: { grantId } },
        { mergeWithLastSubmission: true },
      );
    },
    deny: (req, res) => end(req, res, 'denied'),
    unmet: (req, res) => end(req, res, 'unmet'),
  };
}
