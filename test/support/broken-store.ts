import { AppError } from '#src/errors.ts';
import type { ArtifactStore, ArtifactWrite } from '#src/provider/ports.ts';
import type { Installation } from './installation.ts';

/** What a call to the store is about, for choosing which fail. */
export interface StoreCall {
  method: 'find' | 'findByUid' | 'upsert' | 'extend';
  model: string;
}

/** What the real stores throw when their server does not answer. */
const noAnswer = () => new AppError('store-unavailable', 503, 'the test says that Redis did not answer');

/**
 * Lets some calls to an installation's real store fail, until it is disposed of. `failure` makes what is thrown:
 * by default what the stores throw when Redis is gone.
 */
export function breakStore(
  { running }: Installation,
  fails: (call: StoreCall) => boolean,
  failure: () => Error = noAnswer,
): Disposable {
  const { artifacts } = running.composition.volatile;
  const { find, findByUid, findInContext, upsert, extend } = artifacts;
  const check = (method: StoreCall['method'], model: string) => {
    if (fails({ method, model })) throw failure();
  };
  const broken: Partial<ArtifactStore> = {
    async find(tenantId, model, id) {
      check('find', model);
      return find(tenantId, model, id);
    },
    async findByUid(tenantId, model, uid) {
      check('findByUid', model);
      return findByUid(tenantId, model, uid);
    },
    async findInContext(tenantId, model, id) {
      check('find', model);
      return findInContext(tenantId, model, id);
    },
    async upsert(write: ArtifactWrite) {
      check('upsert', write.model);
      return upsert(write);
    },
    async extend(tenantId, model, id, options) {
      check('extend', model);
      return extend(tenantId, model, id, options);
    },
  };
  Object.assign(artifacts, broken);
  return {
    [Symbol.dispose]: () => {
      Object.assign(artifacts, { find, findByUid, findInContext, upsert, extend });
    },
  };
}
