import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Backplane } from '../backplane/backplane.js';
import { BACKPLANE } from '../backplane/tokens.js';
import { SseNode } from '../channels/sse-node.js';
import { type ResolvedOptions } from '../options/resolved-options.js';
import { SSE_OPTIONS } from '../options/tokens.js';
import { logLine } from '../protocol/log-line.js';

/** Says once what this node is: whoever reads its log later knows whose it is, and what it was told to be. */
@Injectable()
export class StartReport implements OnApplicationBootstrap {
  private readonly logger = new Logger('SseModule');

  constructor(
    private readonly node: SseNode,
    @Inject(BACKPLANE) private readonly backplane: Backplane,
    @Inject(SSE_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  onApplicationBootstrap(): void {
    const { backplane, connections, heartbeat } = this.options;
    const fields = {
      node: this.node.id,
      backplane: backplane ? this.backplane.constructor.name : 'in-process',
      maxConnections: connections.max ?? 'unlimited',
      heartbeat: heartbeat ? `${heartbeat.interval}ms` : 'off',
    };
    this.logger.log(logLine('Event streams ready', fields));
  }
}
