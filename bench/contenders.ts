/** Who takes part. The id is the name of its file in `servers/`. */
export type ContenderId =
  | 'event-stream-channel'
  | 'event-stream-redis'
  | 'event-stream-processes'
  | 'event-stream-subject'
  | 'nest-sse'
  | 'better-sse'
  | 'socket-io'
  | 'bare-http'
  | 'bare-express';

export interface Contender {
  id: ContenderId;
  name: string;
  /** What its clients speak. */
  protocol: 'event-stream' | 'socket-io';
  /** Its nodes share one. */
  needsRedis?: true;
}

export const contenders: Record<ContenderId, Contender> = {
  'event-stream-channel': {
    id: 'event-stream-channel',
    name: 'nestjs-event-stream, channel',
    protocol: 'event-stream',
  },
  'event-stream-redis': {
    id: 'event-stream-redis',
    name: 'nestjs-event-stream, channel on Redis',
    protocol: 'event-stream',
    needsRedis: true,
  },
  'event-stream-processes': {
    id: 'event-stream-processes',
    name: 'nestjs-event-stream, two processes on one port',
    protocol: 'event-stream',
    needsRedis: true,
  },
  'event-stream-subject': {
    id: 'event-stream-subject',
    name: 'nestjs-event-stream, shared Subject',
    protocol: 'event-stream',
  },
  'nest-sse': { id: 'nest-sse', name: 'Nest @Sse, shared Subject', protocol: 'event-stream' },
  'better-sse': { id: 'better-sse', name: 'better-sse, channel on Express', protocol: 'event-stream' },
  'socket-io': { id: 'socket-io', name: 'Socket.IO over WebSocket', protocol: 'socket-io' },
  'bare-http': { id: 'bare-http', name: 'node:http, one pre-framed buffer', protocol: 'event-stream' },
  'bare-express': { id: 'bare-express', name: 'bare Express handler behind Nest', protocol: 'event-stream' },
};
