// Each of several processes on one port: the same as one alone, but for who has started it and listens for it.
import './event-stream-redis.js';
import process from 'node:process';

process.send?.('there');
