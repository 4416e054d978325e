/*
 * Loaded before the flow tests: each of their installations then is two processes on one Postgres and one Redis,
 * which get its requests by turns. Left out: session-life.test.ts, whose clock only one process has, and
 * store-outage.test.ts, which breaks a store inside one process.
 */
process.env.TEST_REPLICAS = '2';
