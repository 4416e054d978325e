import { createRedisArtifactStore } from '#adapters/redis/artifact-store.ts';
import { describeArtifactStoreContract } from '../../contracts/artifact-store.ts';
import { redisBench } from '../../support/redis.ts';

describeArtifactStoreContract('redis', redisBench(createRedisArtifactStore));
