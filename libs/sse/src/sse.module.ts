import { ConfigurableModuleBuilder, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BACKPLANE } from './backplane/tokens.js';
import { BackplaneLink, startBackplane } from './channels/backplane-link.js';
import { ChannelCatchUp } from './channels/channel-catch-up.js';
import { ChannelDebts } from './channels/channel-debts.js';
import { ChannelFanOut } from './channels/channel-fan-out.js';
import { ChannelLogs } from './channels/channel-logs.js';
import { ChannelLosses } from './channels/channel-losses.js';
import { ChannelMembership } from './channels/channel-membership.js';
import { ChannelPast } from './channels/channel-past.js';
import { Checkpoints } from './channels/checkpoints.js';
import { DeadLetters } from './channels/dead-letters.js';
import { EnginePatience } from './channels/engine-patience.js';
import { HistoryReader } from './channels/history-reader.js';
import { MessageEncoder } from './channels/message-encoder.js';
import { MessageQueue } from './channels/message-queue.js';
import { NodeCommands } from './channels/node-commands.js';
import { PresenceAnnouncer } from './channels/presence-announcer.js';
import { PresenceDeparture } from './channels/presence-departure.js';
import { PresenceFeed } from './channels/presence-feed.js';
import { PresenceTracker } from './channels/presence-tracker.js';
import { PublishTracing } from './channels/publish-tracing.js';
import { QueueAcknowledgements } from './channels/queue-acknowledgements.js';
import { QueueDrain } from './channels/queue-drain.js';
import { Resumes } from './channels/resumes.js';
import { SEAM_SERVICES, type SeamServices } from './channels/seam-services.js';
import { SentAway } from './channels/sent-away.js';
import { SseBroadcaster } from './channels/sse-broadcaster.js';
import { SseNode } from './channels/sse-node.js';
import { SseRevocations } from './channels/sse-revocations.js';
import { SsePresence } from './channels/sse-presence.js';
import { Admission } from './connections/admission.js';
import { CONNECTION_SERVICES, type ConnectionServices } from './connections/connection-services.js';
import { ConnectionLog } from './connections/connection-log.js';
import { ConnectionRegistry } from './connections/connection-registry.js';
import { ConnectionWatch } from './connections/connection-watch.js';
import { FlushScheduler } from './connections/flush-scheduler.js';
import { HeartbeatService } from './connections/heartbeat.service.js';
import { IdleSweep } from './connections/idle-sweep.js';
import { RateLimiter } from './connections/rate-limiter.js';
import { QueueBudget } from './connections/queue-budget.js';
import { Shedding } from './connections/shedding.js';
import { SseClock } from './connections/sse-clock.js';
import { TimerWheel } from './connections/timer-wheel.js';
import { Traffic } from './connections/traffic.js';
import { ShutdownWarning } from './lifecycle/shutdown-warning.js';
import { SseDrain } from './lifecycle/sse-drain.js';
import { SseShutdown } from './lifecycle/sse-shutdown.js';
import { LoadShedding } from './monitoring/load-shedding.js';
import { Publications } from './monitoring/publications.js';
import { RateMeter } from './monitoring/rate-meter.js';
import { RefusalReport } from './monitoring/refusal-report.js';
import { ResourceMonitor } from './monitoring/resource-monitor.js';
import { SseMetrics } from './monitoring/sse-metrics.js';
import { SseNodes } from './monitoring/sse-nodes.js';
import { StartReport } from './monitoring/start-report.js';
import { resolveOptions } from './options/check-options.js';
import { type ResolvedOptions } from './options/resolved-options.js';
import { type SseModuleOptions, type SseOptionsFactory } from './options/sse-module-options.js';
import { SSE_OPTIONS } from './options/tokens.js';
import { ConnectRate } from './security/connect-rate.js';
import { GuardRefusals } from './security/guard-refusals.js';
import { IdentityCheck } from './security/identity-check.js';
import { LiveTickets } from './security/live-tickets.js';
import { RequestChecks } from './security/request-checks.js';
import { SseTickets } from './security/sse-tickets.js';
import { TicketAdmission } from './security/ticket-admission.js';
import { TicketClaims } from './security/ticket-claims.js';
import { TicketStore } from './security/ticket-store.js';
import { TokenExpiry } from './security/token-expiry.js';
import { ConnectionHooks } from './streaming/connection-hooks.js';
import { Identification } from './streaming/identify.js';
import { StreamExplorer } from './streaming/stream-explorer.js';
import { StreamOpener } from './streaming/stream-opener.js';
import { StreamRoutes } from './streaming/stream-route.js';
import { Compressions } from './transport/compression/compressions.js';
import { Linger } from './transport/linger.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<SseModuleOptions>({
  moduleName: 'Sse',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName<keyof SseOptionsFactory>('createSseOptions')
  .setExtras<{ isGlobal?: boolean }>({ isGlobal: true }, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal,
  }))
  .build();

/**
 * Managed event streams for a Nest application. Global unless `isGlobal: false`.
 *
 * @example
 * @Module({ imports: [SseModule.forRoot({ connections: { maxPerUser: 5 } })] })
 * export class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: SSE_OPTIONS,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: SseModuleOptions) => resolveOptions(options),
    },
    SseNode,
    { provide: BACKPLANE, inject: [SSE_OPTIONS, SseNode], useFactory: startBackplane },
    BackplaneLink,

    Admission,
    Compressions,
    FlushScheduler,
    {
      provide: FlushScheduler,
      inject: [SSE_OPTIONS],
      useFactory: ({ batching }: ResolvedOptions) => new FlushScheduler(batching),
    },
    Linger,
    Shedding,
    TimerWheel,
    Traffic,
    {
      provide: QueueBudget,
      inject: [SSE_OPTIONS],
      useFactory: ({ queue }: ResolvedOptions) => new QueueBudget(queue.maxTotalBytes),
    },
    ConnectionLog,
    ConnectionRegistry,
    ConnectionWatch,
    HeartbeatService,
    IdleSweep,
    RateLimiter,
    SseClock,
    {
      provide: CONNECTION_SERVICES,
      inject: [
        FlushScheduler,
        QueueBudget,
        Shedding,
        Traffic,
        Linger,
        ChannelMembership,
        ChannelCatchUp,
        ConnectionRegistry,
      ],
      useFactory: (
        scheduler: FlushScheduler,
        budget: QueueBudget,
        shedding: Shedding,
        traffic: Traffic,
        linger: Linger,
        subscriber: ChannelMembership,
        catchUp: ChannelCatchUp,
        registry: ConnectionRegistry,
      ): ConnectionServices => ({
        scheduler,
        budget,
        shedding,
        traffic,
        linger,
        subscriber,
        catchUp,
        closed: (connection, reason) => registry.remove(connection, reason),
      }),
    },

    ChannelLogs,
    HistoryReader,
    ChannelDebts,
    ChannelCatchUp,
    ChannelPast,
    Checkpoints,
    EnginePatience,
    DeadLetters,
    QueueAcknowledgements,
    QueueDrain,
    Resumes,
    SentAway,
    {
      provide: SEAM_SERVICES,
      inject: [ChannelCatchUp, ChannelDebts, ChannelPast, Checkpoints, QueueDrain, EnginePatience, Resumes],
      useFactory: (
        catchUp: ChannelCatchUp,
        debts: ChannelDebts,
        past: ChannelPast,
        checkpoints: Checkpoints,
        backlog: QueueDrain,
        engine: EnginePatience,
        resumes: Resumes,
      ): SeamServices => ({ catchUp, debts, past, checkpoints, backlog, engine, resumes }),
    },

    ChannelFanOut,
    ChannelLosses,
    ChannelMembership,
    NodeCommands,
    MessageEncoder,
    MessageQueue,
    PublishTracing,
    SseBroadcaster,

    PresenceTracker,
    PresenceDeparture,
    PresenceFeed,
    PresenceAnnouncer,
    SsePresence,
    SseRevocations,

    ConnectionHooks,
    Identification,
    StreamExplorer,
    StreamRoutes,
    StreamOpener,

    LoadShedding,
    Publications,
    RateMeter,
    RefusalReport,
    ResourceMonitor,
    SseMetrics,
    SseNodes,
    StartReport,

    ConnectRate,
    IdentityCheck,
    RequestChecks,
    TokenExpiry,

    GuardRefusals,
    LiveTickets,
    SseTickets,
    TicketAdmission,
    TicketClaims,
    TicketStore,

    SseDrain,
    SseShutdown,
    ShutdownWarning,
  ],
  exports: [
    // Guards are made in the modules that use them, and find there what they need.
    ConnectRate,
    GuardRefusals,
    Identification,
    RequestChecks,
    SSE_OPTIONS,
    TicketAdmission,

    ConnectionRegistry,
    HeartbeatService,
    LoadShedding,
    MessageQueue,
    RateLimiter,
    ResourceMonitor,
    SseBroadcaster,
    SseClock,
    SseDrain,
    SseMetrics,
    SseNodes,
    SsePresence,
    SseRevocations,
    SseTickets,
    StreamOpener,
  ],
})
export class SseModule extends ConfigurableModuleClass {
  /** With no options every default applies, and nothing needs to be installed. */
  static override forRoot(options: SseModuleOptions & { isGlobal?: boolean } = {}): DynamicModule {
    return super.forRoot(options);
  }
}
