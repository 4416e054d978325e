import assert from 'node:assert/strict';

interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** One answer, with what a reader of the page would look for. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
  url: string;
  /** Address of a redirect, absolute. */
  location: string | undefined;
  /** Name of the step of the page, from `<main data-step>`. */
  step: string | undefined;
}

function readCookie(line: string): Cookie & { gone: boolean } {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const attribute = (name: string) =>
    attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = attribute('expires');
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    path: attribute('path') ?? '/',
    gone: expires !== undefined && Date.parse(expires) <= Date.now(),
  };
}

function covers(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

let browsers = 0;

/** An address that no other browser of this process has (RFC 2544: for tests of networks). */
function newAddress(): string {
  browsers += 1;
  return `198.18.${browsers >> 8}.${browsers & 0xff}`;
}

/** A browser without script: keeps cookies by path, posts forms with an Origin, follows redirects when asked. */
export class Browser {
  cookies: Cookie[] = [];
  /** What the trusted proxy in front tells about it. */
  readonly address: string;
  /** What it calls itself; nothing of its own accord. */
  readonly userAgent: string | undefined;

  constructor({ address = newAddress(), userAgent }: { address?: string; userAgent?: string } = {}) {
    this.address = address;
    this.userAgent = userAgent;
  }

  /** Another browser that got hold of this one's cookies. */
  thief(): Browser {
    const thief = new Browser();
    thief.cookies = this.cookies.map((cookie) => ({ ...cookie }));
    return thief;
  }

  async #send(url: string, init: RequestInit): Promise<Answer> {
    const { pathname } = new URL(url);
    const cookie = this.cookies
      .filter(({ path }) => covers(path, pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const headers = new Headers({ accept: 'text/html', 'x-forwarded-for': this.address });
    if (cookie !== '') headers.set('cookie', cookie);
    if (this.userAgent !== undefined) headers.set('user-agent', this.userAgent);
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const { gone, ...set } = readCookie(line);
      this.cookies = this.cookies.filter(({ name, path }) => name !== set.name || path !== set.path);
      if (!gone) this.cookies.push(set);
    }
    const body = await response.text();
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      body,
      url,
      location: location === null ? undefined : new URL(location, url).href,
      step: /<main data-step="([^"]+)"/.exec(body)?.[1],
    };
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(url, { headers });
  }

  /** Posts a form as its own page would: same origin. `headers` may say otherwise. */
  post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams(fields).toString();
    return this.postRaw(url, body, { 'content-type': 'application/x-www-form-urlencoded', ...headers });
  }

  postRaw(
    url: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
  ): Promise<Answer> {
    return this.#send(url, { method: 'POST', body, headers: { origin: new URL(url).origin, ...headers } });
  }

  /** Any request, without an Origin of its own accord. */
  send(url: string, init: RequestInit): Promise<Answer> {
    return this.#send(url, init);
  }

  /** Follows redirects on the same host until a page, or until one leads elsewhere. */
  async follow(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hops = 0; hops < 10; hops += 1) {
      const { location } = current;
      if (location === undefined || new URL(location).host !== new URL(current.url).host) return current;
      current = await this.get(location);
    }
    return assert.fail(`redirects without end at ${current.url}`);
  }

  async open(url: string): Promise<Answer> {
    return this.follow(await this.get(url));
  }

  /** Fills in the page's first form, posts it with what it hides and follows where it leads. */
  async submit(page: Answer, fields: Record<string, string>): Promise<Answer> {
    const hidden = hiddenFields(mainOf(page).match(/<form[\s\S]*?<\/form>/)?.[0] ?? '');
    return this.follow(await this.post(formAction(page), { ...hidden, ...fields }));
  }

  /** Presses the button of this id in the form that it stands in, filled in with `fields`. */
  async press(page: Answer, id: string, fields: Record<string, string> = {}): Promise<Answer> {
    const form = formWith(page, id);
    const button = new RegExp(`<button[^>]*id="${id}"[^>]*>`).exec(form)?.[0] ?? '';
    const [name, value] = [attributeOf(button, 'name'), attributeOf(button, 'value')];
    const pressed = name === undefined ? {} : { [name]: value ?? '' };
    const all = { ...hiddenFields(form), ...pressed, ...fields };
    return this.follow(await this.post(actionOf(form, page), all));
  }
}

function mainOf({ body }: Answer): string {
  return body.slice(body.indexOf('<main'));
}

function attributeOf(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&');
}

function hiddenFields(form: string): Record<string, string> {
  const tags = form.match(/<input[^>]*type="hidden"[^>]*>/g) ?? [];
  return Object.fromEntries(
    tags.map((tag) => [attributeOf(tag, 'name') ?? '', attributeOf(tag, 'value') ?? '']),
  );
}

/** The form of a page that holds the element of this id. */
function formWith(page: Answer, id: string): string {
  const form = (page.body.match(/<form[\s\S]*?<\/form>/g) ?? []).find((one) => one.includes(`id="${id}"`));
  assert.ok(form, `no form with ${id} on ${page.url} (step ${page.step}, status ${page.status})`);
  return form;
}

function actionOf(form: string, page: Answer): string {
  return new URL(attributeOf(form, 'action') ?? '', page.url).href;
}

/** Where the page's first form in <main> posts to. */
export function formAction(page: Answer): string {
  const main = page.body.slice(page.body.indexOf('<main'));
  const action = /<form[^>]*action="([^"]+)"/.exec(main)?.[1];
  assert.ok(action, `no form on ${page.url} (step ${page.step}, status ${page.status})`);
  return new URL(action.replaceAll('&amp;', '&'), page.url).href;
}
