import { z } from 'zod';
import type { Methods } from '#src/settings/methods.ts';
import type { FactorMethod } from '#src/sign-in/factor.ts';
import { noFields } from '../../http/form.ts';
import { type InteractionContext, seeOther, sendPage } from '../../sign-in/turn.ts';
import { goOnDone } from '../done.ts';
import { METHODS_PATH, methodPath } from '../paths.ts';
import type { SettingsVisit, Visits } from '../visits.ts';
import { methodsPage } from './list.view.ts';
import { methodPage, removePage } from './method.view.ts';

export interface MethodsParts {
  ownMethods: Methods;
  /** Every method there is. */
  methods: readonly Pick<FactorMethod, 'kind' | 'icon'>[];
}

const nameForm = z.object({ label: z.string().max(200) });

const idOf = ({ params }: InteractionContext) => params.id ?? '';

/** A form stands on the page of its method. */
const ownPage = (ctx: InteractionContext) => methodPath(idOf(ctx));

/** Looking at methods, naming, ordering and removing them. A method that is nobody's, or another's, is not there. */
export function createMethodSteps(visits: Visits, { ownMethods, methods }: MethodsParts) {
  const gone = (ctx: InteractionContext): void => goOnDone(ctx, 'method-gone', METHODS_PATH);
  const iconOf = (kind: string) => methods.find((method) => method.kind === kind)?.icon ?? '';

  const list = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> =>
    sendPage(ctx, methodsPage(visit, { facts: await ownMethods.facts(visit.turn), iconOf }));

  const show = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const { methods: own } = await ownMethods.facts(visit.turn);
    const method = own.find(({ id }) => id === idOf(ctx));
    if (method === undefined) return gone(ctx);
    const typed = await visit.typed(nameForm);
    sendPage(ctx, methodPage(visit, { method, typedLabel: typed?.label, alone: own.length === 1 }));
  };

  const showRemoval = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const method = await ownMethods.find(visit.turn, idOf(ctx));
    if (method === undefined) return gone(ctx);
    sendPage(ctx, removePage(visit, method));
  };

  const rename = async (ctx: InteractionContext, visit: SettingsVisit, { label }: { label: string }) => {
    const renamed = await ownMethods.rename(visit.turn, idOf(ctx), label);
    if (!renamed) return gone(ctx);
    goOnDone(ctx, 'method-renamed', METHODS_PATH);
  };

  const preferred = async (ctx: InteractionContext, visit: SettingsVisit, id: string | undefined) => {
    if (!(await ownMethods.prefer(visit.turn, id))) return gone(ctx);
    goOnDone(ctx, 'order', METHODS_PATH);
  };

  const remove = async (ctx: InteractionContext, visit: SettingsVisit): Promise<void> => {
    const answer = await ownMethods.remove(visit.turn, idOf(ctx));
    // The page that asks says by itself why it can't be.
    if (answer === 'last') return seeOther(ctx, `${ownPage(ctx)}/remove`);
    goOnDone(ctx, answer === 'gone' ? 'method-gone' : 'method-removed', METHODS_PATH);
  };

  return {
    list: visits.page(list),
    show: visits.page(show, { fresh: true }),
    showRemoval: visits.page(showRemoval, { fresh: true }),
    rename: visits.form(nameForm, rename, { fresh: true, page: ownPage }),
    askFirst: visits.form(noFields, (ctx, visit) => preferred(ctx, visit, idOf(ctx)), {
      ...{ fresh: true, page: ownPage },
    }),
    lastUsedFirst: visits.form(noFields, (ctx, visit) => preferred(ctx, visit, undefined), {
      ...{ fresh: true, page: () => METHODS_PATH },
    }),
    remove: visits.form(noFields, remove, { fresh: true }),
  };
}
