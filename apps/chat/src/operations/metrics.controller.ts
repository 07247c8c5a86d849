import { Controller, Get, Header, Res, UseGuards } from '@nestjs/common';
import { type Response } from 'express';
import { SsePrometheus } from 'nestjs-event-stream/prometheus';
import { WithoutSession } from '../session/without-session.decorator.js';
import { MetricsReaderGuard } from './metrics-reader.guard.js';

/** A controller of its own in place of the library's, since a Prometheus has no session and every other route wants one. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly prometheus: SsePrometheus) {}

  @Get()
  @WithoutSession(true)
  @UseGuards(MetricsReaderGuard)
  @Header('Cache-Control', 'no-store')
  async metrics(@Res({ passthrough: true }) response: Response): Promise<string> {
    const { registry } = this.prometheus;
    response.setHeader('Content-Type', registry.contentType);
    return registry.metrics();
  }
}
