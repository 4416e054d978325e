import type { Visitor } from '../http/visitor.ts';
import { type Identity, identityOf } from '../identity.ts';
import type { SignedIn } from '../signed-in.ts';
import { fill, type Language, type Words } from '../words/language.ts';
import { clockTime, fromNow, moment } from './format.ts';
import { type Html, html } from './html.ts';

/** The panel that shows off the sign-in: who, how, until when. `now` in milliseconds since the epoch. */
export function drawWho({ words, language, session }: Visitor, now: number): Html {
  if (session === undefined) return html``;
  const { signedIn } = session;
  const identity = identityOf(signedIn);
  return html`<aside class="card who" id="who" aria-labelledby="who-title" tabindex="-1">
<h2 id="who-title">${words.who.title}</h2>
<div class="person"><span class="face" aria-hidden="true">${initials(identity.name)}</span><p><strong>${identity.name}</strong>${organisation(identity, words)}</p></div>
${person(identity, words)}
<h3>${words.who.signIn}</h3>
${signIn(identity, words, language)}
<h3>${words.who.validity}</h3>
${validity(signedIn, words, language, now)}
${claims(signedIn, words)}
<form class="leave" method="post" action="/logout"><button class="quiet" id="sign-out-here">${words.who.signOutHere}</button><p class="soft">${words.who.signOutHereText}</p></form>
</aside>`;
}

function organisation({ organisation }: Identity, words: Words): Html | '' {
  return organisation === undefined
    ? ''
    : html`<span class="soft"><span class="unseen">${words.who.organisation}: </span>${organisation}</span>`;
}

function person(identity: Identity, words: Words): Html {
  const proved = identity.emailVerified ? words.who.emailVerified : words.who.emailNotVerified;
  const email =
    identity.email === undefined
      ? words.who.unknown
      : html`${breakable(identity.email)} <span class="soft">${proved}</span>`;
  const roles =
    identity.roles.length === 0
      ? words.who.noRoles
      : html`<ul class="chips">${identity.roles.map((role) => html`<li class="chip">${named(words.roles, role)}</li>`)}</ul>`;
  return html`<dl>
<dt>${words.who.loginName}</dt><dd>${identity.loginName ?? words.who.unknown}</dd>
<dt>${words.who.email}</dt><dd>${email}</dd>
<dt>${words.who.roles}</dt><dd>${roles}</dd>
</dl>`;
}

function signIn(identity: Identity, words: Words, language: Language): Html {
  const methods = identity.amr.filter((method) => method !== 'mfa').map((method) => named(words.amr, method));
  const at = identity.signedInAt === undefined ? words.who.unknown : moment(identity.signedInAt, language);
  return html`<dl>
<dt>${words.who.at}</dt><dd>${at}</dd>
<dt>${words.who.with}</dt><dd>${methods.length === 0 ? words.who.unknown : methods.join(' + ')}</dd>
<dt>${words.who.level}</dt><dd>${identity.acr === undefined ? words.who.unknown : named(words.acr, identity.acr)}</dd>
</dl>`;
}

function validity(signedIn: SignedIn, words: Words, language: Language, now: number): Html {
  const renewable = signedIn.refreshToken !== undefined;
  const time = clockTime(signedIn.renewedAt, language);
  const since =
    signedIn.renewals === 0
      ? fill(words.who.issuedAt, { time })
      : fill(words.who.renewedAt, { time, count: signedIn.renewals });
  const renew = html`<form class="renew" method="post" action="/refresh"><button class="button small" id="refresh-tokens">${words.who.renew}</button><p class="soft" role="status">${since}</p></form>`;
  return html`<dl>
<dt>${words.who.accessToken} <span class="soft">${words.who.accessTokenName}</span></dt><dd>${until(signedIn.accessExpiresAt, words, language, now)}</dd>
<dt>${words.who.idToken} <span class="soft">${words.who.idTokenName}</span></dt><dd>${until(signedIn.idExpiresAt, words, language, now)}</dd>
<dt>${words.who.refreshToken} <span class="soft">${words.who.refreshTokenName}</span></dt><dd>${renewable ? words.who.yes : words.who.no}</dd>
</dl>
${renewable ? renew : html`<p class="soft">${since}</p>`}`;
}

function until(at: number | undefined, words: Words, language: Language, now: number): Html | string {
  if (at === undefined) return words.who.unknown;
  const time = clockTime(at, language);
  if (at <= now) return fill(words.who.expired, { time });
  return html`${fill(words.who.until, { time })} <span class="soft">${fromNow(at, now, language)}</span>`;
}

function claims(signedIn: SignedIn, words: Words): Html {
  const block = (id: string, title: string, value: unknown) =>
    html`<h4>${title}</h4><pre id="${id}" tabindex="0" role="group" aria-label="${title}">${JSON.stringify(value, null, 2)}</pre>`;
  return html`<details class="claims"><summary id="claims">${words.who.claims}</summary>
${block('id-token-claims', words.who.idClaims, signedIn.idClaims)}${block('userinfo-claims', words.who.userInfo, signedIn.userInfo)}
</details>`;
}

/** Lets a long address break after its @ instead of anywhere. */
function breakable(address: string): Html {
  const [name = '', ...rest] = address.split('@');
  return html`${name}@<wbr>${rest.join('@')}`;
}

/** Plain words for a protocol value; an unknown one is shown as it is. */
function named(names: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(names, value) ? (names[value] ?? value) : value;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  const [first = '?'] = [...(words[0] ?? '')];
  const [last = ''] = words.length > 1 ? [...(words.at(-1) ?? '')] : [];
  return `${first}${last}`.toUpperCase();
}
