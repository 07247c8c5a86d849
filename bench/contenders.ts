/** Who takes part. The id is the name of its file in `servers/`. */
export type ContenderId =
  | 'event-stream-channel'
  | 'event-stream-redis'
  | 'event-stream-processes'
  | 'event-stream-subject'
  | 'event-stream-gzip'
  | 'event-stream-gzip-two-channels'
  | 'nest-sse'
  | 'nest-sse-gzip'
  | 'better-sse'
  | 'better-sse-batch'
  | 'socket-io'
  | 'bare-http'
  | 'bare-express';

export interface Contender {
  id: ContenderId;
  name: string;
  /** What its clients speak. */
  protocol: 'event-stream' | 'socket-io';
  /** What its clients say that they accept. */
  acceptEncoding?: 'gzip';
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
  'event-stream-gzip': {
    id: 'event-stream-gzip',
    name: 'nestjs-event-stream, channel, gzip',
    protocol: 'event-stream',
    acceptEncoding: 'gzip',
  },
  'event-stream-gzip-two-channels': {
    id: 'event-stream-gzip-two-channels',
    name: 'nestjs-event-stream, two channels in turn, gzip',
    protocol: 'event-stream',
    acceptEncoding: 'gzip',
  },
  'nest-sse': { id: 'nest-sse', name: 'Nest @Sse, shared Subject', protocol: 'event-stream' },
  'nest-sse-gzip': {
    id: 'nest-sse-gzip',
    name: 'Nest @Sse behind compression, gzip',
    protocol: 'event-stream',
    acceptEncoding: 'gzip',
  },
  'better-sse': { id: 'better-sse', name: 'better-sse, channel on Express', protocol: 'event-stream' },
  'better-sse-batch': {
    id: 'better-sse-batch',
    name: 'better-sse, a batch for each session',
    protocol: 'event-stream',
  },
  'socket-io': { id: 'socket-io', name: 'Socket.IO over WebSocket', protocol: 'socket-io' },
  'bare-http': { id: 'bare-http', name: 'node:http, one pre-framed buffer', protocol: 'event-stream' },
  'bare-express': { id: 'bare-express', name: 'bare Express handler behind Nest', protocol: 'event-stream' },
};

/** Whether it is this library, in whichever use. */
export function isOurs(id: ContenderId): boolean {
  return id.startsWith('event-stream');
}
