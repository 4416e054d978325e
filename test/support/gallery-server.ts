import { createServer, type Server } from 'node:http';
import Koa from 'koa';
import { createAssets } from '#interactions/http/assets.ts';
import { contentSecurityPolicy } from '#interactions/http/security-headers.ts';
import { createTexts } from '#interactions/i18n.ts';
import { awkwardTenant, galleryPages, sampleTenant } from './gallery-pages.ts';

/** A running gallery: `/nl/password`, `/en/password?awkward`. */
export interface Gallery {
  origin: string;
  [Symbol.asyncDispose](): Promise<void>;
}

function createGalleryApp(): Koa {
  const app = new Koa();
  const assets = createAssets();
  const texts = createTexts();
  app.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', contentSecurityPolicy());
    await next();
  });
  app.use(assets.middleware);
  app.use(async (ctx) => {
    if (ctx.method === 'POST') {
      // Nothing to do: the page stays as it is.
      ctx.status = 204;
      return;
    }
    const [, language, name = ''] = ctx.path.split('/');
    const page = galleryPages[name];
    if (page === undefined) return;
    const locale = language === 'en' ? 'en' : 'nl';
    ctx.type = 'html';
    ctx.body = page({
      tenant: ctx.URL.searchParams.has('awkward') ? awkwardTenant : sampleTenant,
      locale,
      t: texts.for(locale),
      languageAction: '/language',
      back: ctx.path,
      assets: assets.paths,
    });
  });
  return app;
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
  return promise;
}

/** Serves every page in every state with the real assets and the real content security policy. */
export async function startGallery(): Promise<Gallery> {
  const server = createServer(createGalleryApp().callback());
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
