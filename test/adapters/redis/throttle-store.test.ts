import { createRedisThrottleStore } from '#adapters/redis/throttle-store.ts';
import { describeThrottleStoreContract } from '../../contracts/throttle-store.ts';
import { redisBench } from '../../support/redis.ts';

describeThrottleStoreContract('redis', redisBench(createRedisThrottleStore, { timeIsPassedIn: true }));
