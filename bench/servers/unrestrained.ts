import { type SseModuleOptions } from 'nestjs-event-stream';

/** Takes any load, and does not help itself on a machine that is busy with clients. All else as it comes. */
export const unrestrained: SseModuleOptions = { connections: { max: null }, monitoring: { degrade: false } };
