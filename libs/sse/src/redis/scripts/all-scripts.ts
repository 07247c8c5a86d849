import { COUNT_SCRIPT } from './count.js';
import * as presence from './presence.js';
import { PUBLISH_SCRIPT } from './publish.js';
import * as queue from './queue.js';
import * as read from './read.js';
import { type LuaScript } from './lua-script.js';

/** What Redis is given on each connection, so that nothing waits for it later. */
export const ALL_SCRIPTS: readonly LuaScript[] = [
  PUBLISH_SCRIPT,
  COUNT_SCRIPT,
  ...Object.values(read),
  ...Object.values(queue),
  ...Object.values(presence),
];
