import { type SseModuleOptions } from 'nestjs-event-stream';

/** How a node is to be; it arrives as JSON in the environment. */
export interface NodeSettings {
  /** The Unix socket that it listens on. It holds 200 kB where TCP on loopback takes 4 MB, so that clients are slow sooner. */
  readonly socket: string;
  /** Its Redis; in-process without. */
  readonly redis?: { readonly url: string; readonly prefix: string; readonly persistence?: 'always' };
  /** Those that JSON can carry. */
  readonly options: SseModuleOptions;
}

/** What `POST /publish` takes. */
export interface PublishRequest {
  /** Everyone, a channel, or a user. */
  readonly to: { readonly channel: string } | { readonly user: string; readonly queue?: boolean } | 'all';
  readonly data: { readonly token: number; readonly padding?: string };
  readonly options?: {
    readonly except?: { readonly users: readonly string[] };
    readonly priority?: 'low' | 'critical';
    readonly ttl?: number;
    readonly key?: string;
    readonly ephemeral?: boolean;
    readonly idempotencyKey?: string;
  };
}
