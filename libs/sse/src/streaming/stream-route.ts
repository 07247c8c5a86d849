import { Inject, Injectable } from '@nestjs/common';
import { AdmissionScope } from '../connections/admission.js';
import { type ConnectionSettings } from '../connections/connection-settings.js';
import { type Audiences } from '../connections/audiences.js';
import { FlushScheduler } from '../connections/flush-scheduler.js';
import { StreamLimit } from '../connections/stream-limit.js';
import { TimerWheel } from '../connections/timer-wheel.js';
import { checkTogether } from '../options/check-options.js';
import { checkQueue, fallsBehindAt } from '../options/queue-and-history.js';
import {
  compressionWithDefaults,
  given,
  heartbeatWithDefaults,
  type ResolvedOptions,
} from '../options/resolved-options.js';
import { rateLimitWithDefaults, type RateLimitSettings } from '../options/rate-limit-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { EventEncoder, frameOf } from '../protocol/event-encoder.js';
import { Compressions } from '../transport/compression/compressions.js';
import { type StreamOffer } from '../transport/open-response.js';
import { EmissionCaches } from './emission-caches.js';
import { presetOf } from './presets/presets.js';
import { type StreamPreset } from './presets/stream-preset.js';
import { type SseStreamOptions } from './sse-stream-options.js';

/** A decorated method: what is known of it before there is an application. */
export interface StreamRoute {
  /** The method's name. */
  readonly method: string;
  readonly options: SseStreamOptions;
}

/** A route in a running application. */
export interface RouteSettings extends ConnectionSettings, StreamOffer {
  /** `RoomsController.events`, for logs. */
  readonly name: string;
  readonly options: SseStreamOptions;
  /** The audiences of streams that return `channels(…)`, and of those with a source of their own. */
  readonly listenOfChannels: Audiences;
  readonly listenOfSource: Audiences;
  readonly emissions: EmissionCaches;
  readonly preset: StreamPreset | undefined;
}

/**
 * Joins the module's options and a route's, once for each route. A method that several controllers inherit is a route of
 * each of them.
 */
@Injectable()
export class StreamRoutes {
  private readonly settings = new Map<object, Map<StreamRoute, RouteSettings>>();
  private readonly processScope: AdmissionScope;
  private readonly processLimit: StreamLimit | null;
  /** Their tokens wait where other events are left out. */
  private readonly processLimitOfPresets: StreamLimit | null;

  constructor(
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
    private readonly scheduler: FlushScheduler,
    private readonly compressions: Compressions,
    private readonly wheel: TimerWheel,
  ) {
    this.processScope = new AdmissionScope(options.connections);
    this.processLimit = this.limitOf(options.rateLimit);
    this.processLimitOfPresets =
      options.rateLimit && options.rateLimit.onLimit !== 'delay'
        ? this.limitOf({ ...options.rateLimit, onLimit: 'delay' })
        : this.processLimit;
  }

  /** @throws SseOptionsError if the route's options and the module's do not go together; asked at the start */
  settingsOf(route: StreamRoute, controller: { readonly name: string }): RouteSettings {
    let ofController = this.settings.get(controller);
    if (!ofController) this.settings.set(controller, (ofController = new Map<StreamRoute, RouteSettings>()));
    let settings = ofController.get(route);
    if (!settings) ofController.set(route, (settings = this.resolve(route, `${controller.name}.${route.method}`)));
    return settings;
  }

  private resolve({ options: own }: StreamRoute, name: string): RouteSettings {
    const { options } = this;
    const raw = own.format === 'raw';
    const preset = presetOf(own);
    const connections = {
      ...options.connections,
      // Clients of a protocol know no stream that only says when to come back.
      ...(preset && { refusal: 'status' as const }),
      ...given(own.connections),
      ...given({ maxAge: own.maxAge }),
    };
    const heartbeat =
      own.heartbeat === undefined ? options.heartbeat : heartbeatWithDefaults(own.heartbeat, options.heartbeat);
    const compression =
      own.compression === undefined
        ? options.compression
        : compressionWithDefaults(own.compression, options.compression);
    checkTogether({ connections, heartbeat }, `@SseStream() of ${name}: `);
    const replacesOldest = connections.onUserLimit === 'replace-oldest';
    const encoder = new EventEncoder(own.serializer ?? options.serializer, options.maxEventBytes);
    const ofModule = preset ? 'disconnect' : options.queue.overflow;
    const overflow = own.queue?.overflow ?? ofModule ?? (raw ? 'disconnect' : 'catch-up');
    const queue = { ...options.queue, ...given(own.queue) };
    const ofProcess = preset ? this.processLimitOfPresets : this.processLimit;
    checkQueue(own.queue ?? {}, options.history, `@SseStream() of ${name}: `);
    return {
      name,
      options: own,
      raw,
      connections,
      replaceBeyond: {
        ofProcess: replacesOldest ? options.connections.maxPerUser : null,
        ofRoute: replacesOldest ? (own.connections?.maxPerUser ?? null) : null,
      },
      admission: { scopes: this.scopesOf(own.connections, connections), rejectsUsers: !replacesOldest },
      heartbeat,
      queue,
      // An answer in which tokens are missing is worse than one that was cut.
      overflow,
      rateLimit: own.rateLimit === undefined ? ofProcess : this.limitOf(rateLimitWithDefaults(own.rateLimit)),
      fallsBehindAt: fallsBehindAt(overflow, queue, options.history),
      encoder,
      opening: frameOf(preset ? { comment: '' } : { retry: connections.retry }),
      preset,
      headers: preset?.headers,
      interruption: preset?.interruption,
      listenOfChannels: { all: true, user: true, permissions: true, ...own.listen },
      listenOfSource: own.listen ?? {},
      compression: this.compressions.of(compression),
      emissions: new EmissionCaches(encoder, this.scheduler),
    };
  }

  private limitOf(settings: RateLimitSettings | null): StreamLimit | null {
    return settings && new StreamLimit(settings, this.wheel);
  }

  /** Limits that the route does not set are the process's, which counts them. */
  private scopesOf(own: SseStreamOptions['connections'], merged: ResolvedOptions['connections']): AdmissionScope[] {
    if (!own) return [this.processScope];
    const { max = null, maxPerUser = null, maxPerIp = null } = own;
    return [this.processScope, new AdmissionScope({ ...merged, max, maxPerUser, maxPerIp })];
  }
}
