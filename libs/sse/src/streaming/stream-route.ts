import { Inject, Injectable } from '@nestjs/common';
import { AdmissionScope } from '../connections/admission.js';
import { type ConnectionSettings } from '../connections/connection-settings.js';
import { type Audiences } from '../connections/audiences.js';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { given, heartbeatWithDefaults, type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { EventEncoder, frameOf } from '../protocol/event-encoder.js';
import { EmissionCache } from './emission-cache.js';
import { type SseStreamOptions } from './sse-stream-options.js';

/** A decorated method: what is known of it before there is an application. */
export interface StreamRoute {
  /** `RoomsController.events`, for logs. */
  readonly name: string;
  readonly options: SseStreamOptions;
}

/** A route in a running application. */
export interface RouteSettings extends ConnectionSettings {
  /** The audiences of streams that return `channels(…)`, and of those with a source of their own. */
  readonly listenOfChannels: Audiences;
  readonly listenOfSource: Audiences;
  readonly emissions: EmissionCache;
}

/** Joins the module's options and a route's, once for each route. */
@Injectable()
export class StreamRoutes {
  private readonly settings = new Map<StreamRoute, RouteSettings>();
  private readonly process: AdmissionScope;

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly scheduler: FlushScheduler,
  ) {
    this.process = new AdmissionScope(options.connections);
  }

  settingsOf(route: StreamRoute): RouteSettings {
    let settings = this.settings.get(route);
    if (!settings) this.settings.set(route, (settings = this.resolve(route)));
    return settings;
  }

  private resolve({ options: own }: StreamRoute): RouteSettings {
    const { options } = this;
    const raw = own.format === 'raw';
    const connections = {
      ...options.connections,
      ...given(own.connections),
      ...given({ maxAge: own.maxAge }),
    };
    const encoder = new EventEncoder(own.serializer ?? options.serializer, options.maxEventBytes);
    const queue = { ...options.queue, ...given(own.queue) };
    return {
      raw,
      connections,
      maxPerUserOfRoute: own.connections?.maxPerUser ?? null,
      scopes: own.connections ? [this.process, this.scopeOf(own.connections, connections)] : [this.process],
      heartbeat: own.heartbeat === undefined ? options.heartbeat : heartbeatWithDefaults(own.heartbeat),
      queue,
      // An answer in which tokens are missing is worse than one that was cut.
      overflow: queue.overflow ?? (raw ? 'disconnect' : 'catch-up'),
      encoder,
      opening: frameOf({ retry: connections.retry }),
      listenOfChannels: { all: true, user: true, permissions: true, ...own.listen },
      listenOfSource: own.listen ?? {},
      emissions: new EmissionCache(encoder, this.scheduler),
    };
  }

  /** Limits that the route does not set are the process's, which counts them. */
  private scopeOf(own: NonNullable<SseStreamOptions['connections']>, merged: ResolvedOptions['connections']) {
    const { max = null, maxPerUser = null, maxPerIp = null } = own;
    return new AdmissionScope({ ...merged, max, maxPerUser, maxPerIp });
  }
}
