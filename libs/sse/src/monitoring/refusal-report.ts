import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Admission } from '../connections/admission.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { logLine } from '../protocol/log-line.js';
import { ResourceMonitor } from './resource-monitor.js';

/** Says in one line at each look how many connections found no place: a crowd that knocks must not fill the log. */
@Injectable()
export class RefusalReport implements OnModuleInit {
  private readonly logger = new Logger('SseAdmission');
  private reported = 0;

  constructor(
    private readonly admission: Admission,
    private readonly registry: ConnectionRegistry,
    private readonly monitor: ResourceMonitor,
  ) {}

  onModuleInit(): void {
    this.monitor.looks$.subscribe(() => this.report());
  }

  private report(): void {
    const { refused } = this.admission;
    if (refused === this.reported) return;
    const fields = { refused: refused - this.reported, open: this.registry.count, sinceStart: refused };
    this.logger.warn(logLine('Refused connections', fields));
    this.reported = refused;
  }
}
