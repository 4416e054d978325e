import type { Context } from 'koa';
import { newReference, reasonOf, type SampleLog } from '../log.ts';
import { fill, type Words } from '../words/language.ts';
import type { Draw } from './draw.ts';
import { type Html, html } from './html.ts';

/** Everything that can go wrong, each with words of its own. */
export type Trouble = keyof Words['trouble']['kinds'];

/** Status, way out, and whether the operator hears of it. */
interface Handling {
  status: number;
  way: 'again' | 'home';
  level: 'info' | 'warn' | 'error';
}

const HANDLING: Readonly<Record<Trouble, Handling>> = {
  cancelled: { status: 403, way: 'again', level: 'info' },
  refused: { status: 403, way: 'again', level: 'warn' },
  expired: { status: 400, way: 'again', level: 'info' },
  mismatch: { status: 400, way: 'again', level: 'warn' },
  unreachable: { status: 503, way: 'again', level: 'warn' },
  renewalUnreachable: { status: 503, way: 'home', level: 'warn' },
  foreignIssuer: { status: 400, way: 'again', level: 'warn' },
  crossSite: { status: 403, way: 'home', level: 'warn' },
  sessionEnded: { status: 403, way: 'again', level: 'info' },
  halfSignedOut: { status: 503, way: 'home', level: 'warn' },
  malformed: { status: 400, way: 'home', level: 'info' },
  notFound: { status: 404, way: 'home', level: 'info' },
  broken: { status: 500, way: 'home', level: 'error' },
};

/** Shows what went wrong, in words, with one button; what exactly happened goes to the log. */
export interface Troubles {
  /** `returnTo` is the page that a new sign-in should lead to. */
  show(ctx: Context, trouble: Trouble, reason: unknown, returnTo?: string): Promise<void>;
}

/** Makes the pages for trouble. */
export function createTroubles(draw: Draw, log: SampleLog): Troubles {
  return {
    async show(ctx, trouble, reason, returnTo) {
      const { status, way, level } = HANDLING[trouble];
      const reference = level === 'info' ? undefined : newReference();
      log({
        level,
        message: `sample application: ${trouble}`,
        ...(reference === undefined ? {} : { reference }),
        ...(reason === undefined ? {} : { reason: typeof reason === 'string' ? reason : reasonOf(reason) }),
      });
      if (status === 503) ctx.set('Retry-After', '10');
      await draw(ctx, status, ({ words }) => ({
        step: 'trouble',
        title: words.trouble.kinds[trouble].title,
        body: drawTrouble(words, trouble, way === 'home' ? '/' : signInAddress(returnTo), reference),
      }));
    },
  };
}

function drawTrouble(words: Words, trouble: Trouble, way: string, reference: string | undefined): Html {
  const { title, text } = words.trouble.kinds[trouble];
  const [id, label] = way === '/' ? ['home', words.trouble.home] : ['again', words.trouble.again];
  const number = html`<p class="soft">${fill(words.trouble.reference, { reference: reference ?? '' })}</p>`;
  return html`<section class="card landing">
<h1>${title}</h1>
<p class="lead">${text}</p>
<a class="button" id="${id}" href="${way}">${label}</a>
${reference === undefined ? '' : number}
</section>`;
}

function signInAddress(returnTo = '/'): string {
  return returnTo === '/' ? '/login' : `/login?${new URLSearchParams({ target_link_uri: returnTo })}`;
}
