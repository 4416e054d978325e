import { z } from 'zod';
import type { ArtifactStore, ArtifactWrite, NamedArtifact, StoredArtifact } from '#src/provider/ports.ts';
import { ENDED_SECONDS } from '#src/provider/ports.ts';
import type { TenantId } from '#src/tenant/tenant.ts';
import {
  CONSUME,
  DESTROY,
  END_ACCOUNT,
  END_SESSIONS,
  EXTEND,
  FIND_BY_UID,
  FIND_IN_CONTEXT,
  OF_ACCOUNT,
  REVOKE_GRANT,
  UPSERT,
} from './artifact-scripts.ts';
import { readAs } from './ask.ts';
import type { RedisCommands } from './commands.ts';
import { artifactValue, keyOf } from './keys.ts';

const ENDED_MS = ENDED_SECONDS * 1000;

const upsertReply = z.enum(['stored', 'grant-revoked', 'session-ended']);
const consumeReply = z.enum(['won', 'repeated', 'lost', 'gone']);
const endAccountReply = z.tuple([z.number().int(), z.number().int()]);
const extendReply = z.literal([0, 1]);
const field = z.string().nullable();
const fieldsReply = z.tuple([field, field, field, field]);
const ofAccountReply = z.array(z.tuple([z.string(), z.unknown()]));
const inContextReply = z.tuple([z.unknown(), z.unknown(), z.unknown()]);

/** What every read asks for, in the order `fieldsReply` has. */
const FIELDS = ['payload', 'uses', 'firstUsedAt', 'expiresAt'] as const;

/** Keys and arguments of UPSERT, in the order the script's comment gives. */
function upsertCall(write: ArtifactWrite): { keys: string[]; args: (string | number)[] } {
  const { tenantId, model, id, uid, accountId, replaces } = write;
  const artifact = keyOf.artifact(tenantId, model, id);
  const grantId = model === 'Grant' ? id : write.grantId;
  const others = [
    grantId === undefined ? undefined : keyOf.ended(tenantId, 'Grant', grantId),
    model === 'Session' ? keyOf.ended(tenantId, model, id) : undefined,
    grantId === undefined ? undefined : keyOf.grant(tenantId, grantId),
    uid === undefined ? undefined : keyOf.uid(tenantId, model, uid),
    accountId === undefined ? undefined : keyOf.account(tenantId, accountId, model),
    replaces === undefined ? undefined : keyOf.artifact(tenantId, model, replaces),
  ];
  const ownTombstone = { Grant: '2', Session: '3' }[model] ?? '';
  return {
    keys: [artifact, ...others.map((other) => other ?? artifact)],
    args: [
      JSON.stringify(write.payload),
      Math.round(write.expiresIn * 1000),
      ...others.map((other) => (other === undefined ? '' : '1')),
      ownTombstone,
      ENDED_MS,
    ],
  };
}

/** Turns FIELDS into an artifact; undefined when there is none. */
function readArtifact(reply: unknown): StoredArtifact | undefined {
  if (reply === null) return undefined;
  const [payload, uses, firstUsedAt, expiresAt] = readAs(fieldsReply, reply, 'artifact').map(
    (value) => value ?? undefined,
  );
  if (payload === undefined) return undefined;
  const value = readAs(artifactValue, { payload, uses, firstUsedAt, expiresAt }, 'artifact');
  return {
    payload: value.payload,
    uses: value.uses ?? 0,
    firstUsedAt: value.firstUsedAt,
    expiresAt: value.expiresAt,
  };
}

/** Turns names, each with FIELDS, into artifacts with their ids, without those that are over. */
function readNamed(model: string, reply: unknown): NamedArtifact[] {
  return readAs(ofAccountReply, reply, 'answer').flatMap(([name, fields]) => {
    const artifact = readArtifact(fields);
    return artifact === undefined ? [] : [{ ...artifact, id: name.slice(`${model}:`.length) }];
  });
}

/** The artifact store on Redis. Throws AppError `store-unavailable` whenever Redis can't be asked or believed. */
export function createRedisArtifactStore({ redis }: { redis: RedisCommands }): ArtifactStore {
  return {
    async upsert(write) {
      const { keys, args } = upsertCall(write);
      return readAs(upsertReply, await redis.script(UPSERT, keys, args), 'answer');
    },
    async find(tenantId, model, id) {
      const key = keyOf.artifact(tenantId, model, id);
      return readArtifact(await redis.hmget(key, ...FIELDS));
    },
    async findByUid(tenantId, model, uid) {
      const keys = [keyOf.uid(tenantId, model, uid)];
      return readArtifact(await redis.script(FIND_BY_UID, keys, FIELDS));
    },
    async findInContext(tenantId, model, id) {
      const keys = [keyOf.artifact(tenantId, model, id)];
      const reply = await redis.script(FIND_IN_CONTEXT, keys, FIELDS);
      if (reply === null) return undefined;
      const [artifact, grant, session] = readAs(inContextReply, reply, 'answer').map(readArtifact);
      return artifact && { artifact, grant, session };
    },
    async consume(tenantId, model, id, { now, grace }) {
      const keys = [keyOf.artifact(tenantId, model, id)];
      const reply = await redis.script(CONSUME, keys, [now, grace]);
      return readAs(consumeReply, reply, 'answer');
    },
    async destroy(tenantId, model, id) {
      const keys = [keyOf.artifact(tenantId, model, id)];
      await redis.script(DESTROY, keys, [model === 'Session' ? ENDED_MS : 0]);
    },
    async extend(tenantId, model, id, { expiresIn, now }) {
      const ttl = Math.round(expiresIn * 1000);
      const keys = [keyOf.artifact(tenantId, model, id)];
      const reply = await redis.script(EXTEND, keys, [ttl, now + ttl]);
      return readAs(extendReply, reply, 'answer') === 1;
    },
    async revokeGrant(tenantId, grantId) {
      const keys = [keyOf.grant(tenantId, grantId), keyOf.ended(tenantId, 'Grant', grantId)];
      await redis.script(REVOKE_GRANT, keys, [ENDED_MS]);
    },
    async ofAccount(tenantId, model, accountId) {
      const keys = [keyOf.account(tenantId, accountId, model)];
      return readNamed(model, await redis.script(OF_ACCOUNT, keys, FIELDS));
    },
    async endSessions(tenantId, accountId, { uid, end }) {
      const keys = [keyOf.account(tenantId, accountId, 'Session'), keyOf.uid(tenantId, 'Session', uid)];
      const args = [ENDED_MS, end === 'this' ? '1' : '', ...FIELDS];
      return readNamed('Session', await redis.script(END_SESSIONS, keys, args));
    },
    endAccount: (tenantId, accountId) => endAccount(redis, tenantId, accountId),
  };
}

async function endAccount(
  redis: RedisCommands,
  tenantId: TenantId,
  accountId: string,
): Promise<{ sessions: number; grants: number }> {
  const keys = [keyOf.account(tenantId, accountId, 'Session'), keyOf.account(tenantId, accountId, 'Grant')];
  const reply = await redis.script(END_ACCOUNT, keys, [ENDED_MS]);
  const [sessions, grants] = readAs(endAccountReply, reply, 'answer');
  return { sessions, grants };
}
