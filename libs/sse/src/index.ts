export { SseModule } from './sse.module.js';

export { type SseMonitoringOptions, type SseThreshold, type SseThresholds } from './options/monitoring-options.js';
export { type OverflowPolicy } from './options/overflow-policy.js';
export { type SseRate, type SseRateLimit } from './options/rate-limit-options.js';
export { type SseIdentity } from './options/sse-identity.js';
export {
  type SseBatchingOptions,
  type SseChannelOptions,
  type SseCompressionOptions,
  type SseConnectionOptions,
  type SseHeartbeatOptions,
  type SseHistoryOptions,
  type SseMessageQueueOptions,
  type SseModuleOptions,
  type SseOptionsFactory,
  type SsePermissionOptions,
  type SsePresenceOptions,
  type SseQueueOptions,
  type SseShutdownOptions,
  type SseTicketOptions,
  type SseTokenOptions,
} from './options/sse-module-options.js';
export { type SseOperation, type SseOperationNote, type SseTracer } from './options/sse-tracer.js';
export {
  type SseConnectRate,
  type SseConnectRateRules,
  type SseIpRules,
  type SseRequestRules,
  type SseUserAgentRules,
} from './options/sse-request-rules.js';
export { SseOptionsError } from './options/sse-options-error.js';

export { type EventFields } from './protocol/event-block.js';
export { formatEventId, type LogPosition, parseEventId } from './protocol/event-id.js';
export { type SseSerializer } from './protocol/event-encoder.js';
export { SseError } from './protocol/sse-error.js';
export { sseData, type SseEvent, sseEvent } from './protocol/sse-event.js';
export { SseEventError, type SseEventErrorCode } from './protocol/sse-event-error.js';

export {
  type Backplane,
  type BackplaneFactory,
  type BackplaneHealth,
  type BackplaneNode,
  type BackplaneSettings,
  type Loss,
  type NodeCommand,
} from './backplane/backplane.js';
export {
  type ChannelMessage,
  type EventPriority,
  type PassedMessage,
  type Published,
} from './backplane/channel-message.js';
export { type ChannelHistory, type EventLog, type Subscribed } from './backplane/event-log.js';
export {
  type NodeLease,
  type PresenceEntry,
  type PresenceEvent,
  type PresencePort,
  type PresenceUpdate,
} from './backplane/presence-port.js';
export { type DeadLetter, type QueuedMessage, type QueuePort } from './backplane/queue-port.js';
export { type RecordPort } from './backplane/record-port.js';
export { SseBackplaneError } from './backplane/sse-backplane-error.js';

export { type CloseReason } from './connections/close-reason.js';
export {
  type ClosedConnection,
  ConnectionRegistry,
  type ConnectionStats,
  type MembershipChange,
} from './connections/connection-registry.js';
export { type DropReason } from './connections/drop-counts.js';
export { HeartbeatService } from './connections/heartbeat.service.js';
export { type Audiences } from './connections/audiences.js';
export { RateLimiter } from './connections/rate-limiter.js';
export { SseClock } from './connections/sse-clock.js';
export { SseConnection, type SseConnectionStats } from './connections/sse-connection.js';
export { type SseRefusedCode, SseRefusedException } from './connections/sse-refused.exception.js';

export {
  type Channel,
  type ChannelFamily,
  type ChannelOptions,
  defineChannel,
  type NamedChannel,
} from './channels/channel.js';
export { type ChannelParameters, type ParametersOf } from './channels/channel-parameters.js';
export {
  channels,
  type ChannelSubscription,
  type HistoryChoice,
  type SnapshotSource,
} from './channels/channel-subscription.js';
export { type ConnectionTarget, type DisconnectTarget, type TokenTarget } from './channels/sse-command.js';
export { type DeadLetterInfo, type SseDeadLetter } from './channels/dead-letters.js';
export { MessageQueue, type MessageQueueStats } from './channels/message-queue.js';
export { type PublishOptions } from './channels/publish-options.js';
export { type AnyEvents, type EventOf } from './channels/typed-events.js';
export { SseRevocations } from './channels/sse-revocations.js';
export { SseBroadcaster } from './channels/sse-broadcaster.js';
export { type PresenceChange, type PresenceMember, SsePresence } from './channels/sse-presence.js';

export { OnSseClose, OnSseDeadLetter, OnSseOpen } from './streaming/connection-hooks.js';
export { SseStream } from './streaming/sse-stream.decorator.js';
export { type SseStreamOptions } from './streaming/sse-stream-options.js';
export { CurrentConnection, LastEventId, SseSignal } from './streaming/stream-parameters.js';

export { LoadShedding, type SheddingStep } from './monitoring/load-shedding.js';
export { type LatencySummary, type SseMetricsSnapshot, type SseRates } from './monitoring/metrics-snapshot.js';
export { type PressureLevel } from './monitoring/pressure-level.js';
export { type PressureChange, ResourceMonitor, type Watched } from './monitoring/resource-monitor.js';
export { type ResourcePeak, type ResourceSample } from './monitoring/resource-sample.js';
export { SseMetrics } from './monitoring/sse-metrics.js';
export { type NodeSummary, SseNodes } from './monitoring/sse-nodes.js';

export { SseDrain, type SseDrainState } from './lifecycle/sse-drain.js';

export { SseConnectRateGuard } from './security/sse-connect-rate.guard.js';
export { SsePermissions } from './security/sse-permissions.decorator.js';
export { SsePermissionsGuard } from './security/sse-permissions.guard.js';
export { SseRequestGuard } from './security/sse-request.guard.js';
export { SseTicketGuard } from './security/sse-ticket.guard.js';
export { SseTickets, type TicketOptions } from './security/sse-tickets.js';
