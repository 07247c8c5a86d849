export { redisBackplane } from './redis-backplane.js';
export { type ClientSource } from './redis-client.js';
export { type RedisBackplaneOptions } from './redis-options.js';
