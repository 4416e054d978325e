import { createRedisFlowStore } from '#adapters/redis/flow-store.ts';
import { describeFlowStoreContract } from '../../contracts/flow-store.ts';
import { redisBench } from '../../support/redis.ts';

describeFlowStoreContract('redis', redisBench(createRedisFlowStore));
