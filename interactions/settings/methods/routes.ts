import type Router from 'koa-router';
import type { RequestContext } from '#src/request-context.ts';
import { METHODS_PATH } from '../paths.ts';
import type { Visits } from '../visits.ts';
import { type AddingParts, createAddingSteps } from './add-steps.ts';
import { createMethodSteps, type MethodsParts } from './steps.ts';

export type MethodRouteParts = MethodsParts & AddingParts;

/** Second-step methods: what there is, what can be done with one, and setting up another. */
export function addMethodRoutes(
  router: Router<RequestContext>,
  visits: Visits,
  parts: MethodRouteParts,
): void {
  const methods = createMethodSteps(visits, parts);
  const adding = createAddingSteps(visits, parts);
  const add = `${METHODS_PATH}/add/:page`;
  const one = `${METHODS_PATH}/:id`;

  router.get(METHODS_PATH, methods.list);
  router.post(`${METHODS_PATH}/order`, methods.lastUsedFirst);

  router.get(add, adding.show);
  router.post(add, adding.submit);
  router.post(`${add}/begin`, adding.begin);
  router.post(`${add}/send`, adding.send);
  router.post(`${add}/renew`, adding.renew);
  router.post(`${add}/passkey-options`, adding.passkeyOptions);
  router.get(`${add}/delivery`, adding.delivery);
  router.get(`${add}/explanation/:topic`, adding.explain);

  router.get(one, methods.show);
  router.post(`${one}/name`, methods.rename);
  router.post(`${one}/first`, methods.askFirst);
  router.get(`${one}/remove`, methods.showRemoval);
  router.post(`${one}/remove`, methods.remove);
}
