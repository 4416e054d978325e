import { createRedisOneTimeStore } from '#adapters/redis/one-time-store.ts';
import { describeOneTimeStoreContract } from '../../contracts/one-time-store.ts';
import { redisBench } from '../../support/redis.ts';

describeOneTimeStoreContract('redis', redisBench(createRedisOneTimeStore));
