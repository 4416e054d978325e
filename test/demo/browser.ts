/** What came back, with its text read. */
export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  text: string;
}

export interface AskOptions {
  /** Makes it a post, of these form fields. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** Stop before the first address that starts with this; the answer is then the redirect to it. */
  stopAt?: string;
}

/** A browser of sorts: cookies by host name and path (ports share them, as in a real one), redirects followed. */
export interface Browser {
  ask(address: string, options?: AskOptions): Promise<Answer>;
  /** A form of the page at `origin` itself is sent. */
  post(address: string, form?: Record<string, string>): Promise<Answer>;
  readonly cookies: ReadonlyMap<string, string>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Cookie {
  host: string;
  path: string;
  name: string;
  value: string;
}

/** Opens one with no cookies. `language` is its Accept-Language. */
export function openBrowser(language = 'nl'): Browser {
  const jar = new Map<string, Cookie>();

  function cookiesFor(url: URL): string {
    return [...jar.values()]
      .filter(({ host, path }) => host === url.hostname && matches(path, url.pathname))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  async function ask(address: string, options: AskOptions = {}): Promise<Answer> {
    let url = new URL(address);
    let form = options.form;
    for (let hop = 0; hop < 20; hop += 1) {
      const response = await fetch(url, {
        method: form === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { 'Accept-Language': language, Cookie: cookiesFor(url), ...options.headers },
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      });
      for (const line of response.headers.getSetCookie()) remember(jar, url, line);
      const text = await response.text();
      const answer = { url: url.href, status: response.status, headers: response.headers, text };
      const location = response.headers.get('Location');
      if (!REDIRECTS.has(response.status) || location === null) return answer;
      const next = new URL(location, url);
      if (options.stopAt !== undefined && next.href.startsWith(options.stopAt)) return answer;
      url = next;
      form = undefined;
    }
    throw new Error(`too many redirects from ${address}`);
  }

  return {
    ask,
    post: (address, form = {}) => ask(address, { form, headers: { 'Sec-Fetch-Site': 'same-origin' } }),
    get cookies() {
      return new Map([...jar.values()].map(({ name, value }) => [name, value]));
    },
  };
}

/** Where a redirect leads; throws when it is none. */
export function locationOf(answer: Answer): URL {
  return new URL(answer.headers.get('Location') ?? '', answer.url);
}

function matches(cookiePath: string, path: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

function remember(jar: Map<string, Cookie>, url: URL, line: string): void {
  const [pair = '', ...attributes] = line.split(/;\s*/);
  const cut = pair.indexOf('=');
  const name = pair.slice(0, cut);
  const value = pair.slice(cut + 1);
  const attribute = (wanted: string) =>
    attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  const path = attribute('path') ?? '/';
  const key = `${url.hostname} ${path} ${name}`;
  const expires = attribute('expires');
  if (value === '' || (expires !== undefined && Date.parse(expires) < Date.now())) jar.delete(key);
  else jar.set(key, { host: url.hostname, path, name, value });
}
