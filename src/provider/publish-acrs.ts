import type { Provider } from 'oidc-provider';
import { z } from 'zod';

const discoveryBody = z.record(z.string(), z.unknown());

/**
 * Discovery names the levels that this tenant's methods reach. oidc-provider is told all that there are: it refuses a
 * client whose default names another, and a tenant that gives up a method must not lose its applications.
 */
export function publishAcrs(provider: Provider, acrValues: readonly string[]): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'discovery') return;
    const body = discoveryBody.safeParse(ctx.body);
    if (body.success) {
      ctx.body = {
        ...body.data,
        acr_values_supported: [...acrValues],
        // `none` is nobody's but ours.
        response_types_supported: ['code'],
      };
    }
  });
}
