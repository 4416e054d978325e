import type { Provider } from 'oidc-provider';
import { z } from 'zod';

const jwksBody = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/**
 * A key looks the same in the published set whatever its role is. That it may verify only is between us and
 * oidc-provider, and `key_ops` does not belong beside `use` (RFC 7517 §4.3).
 */
export function publishKeys(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'jwks') return;
    const body = jwksBody.safeParse(ctx.body);
    if (!body.success) return;
    const type = ctx.response.get('content-type');
    ctx.body = { keys: body.data.keys.map(({ key_ops: _ops, ...published }) => published) };
    ctx.set('Content-Type', type);
  });
}
