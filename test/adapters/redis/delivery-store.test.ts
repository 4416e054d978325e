import { createRedisDeliveryStore } from '#adapters/redis/delivery-store.ts';
import { describeDeliveryStoreContract } from '../../contracts/delivery-store.ts';
import { redisBench } from '../../support/redis.ts';

describeDeliveryStoreContract('redis', redisBench(createRedisDeliveryStore));
