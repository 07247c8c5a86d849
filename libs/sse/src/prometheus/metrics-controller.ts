import { Controller, Get, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type SsePrometheusEndpoint } from './sse-prometheus-options.js';
import { SsePrometheus } from './sse-prometheus.js';

/** A controller of its own for each endpoint: path and guards are known before anything is made. */
export function metricsController(path: string, guards: Required<SsePrometheusEndpoint>['guards']): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(...guards)
  class SseMetricsController {
    constructor(
      private readonly prometheus: SsePrometheus,
      private readonly adapterHost: HttpAdapterHost,
    ) {}

    /** It answers by itself: an interceptor of the application that wraps results would make it unreadable. */
    @Get()
    async scrape(@Res() response: unknown): Promise<void> {
      const { registry } = this.prometheus;
      const { httpAdapter } = this.adapterHost;
      const text = await registry.metrics();
      httpAdapter.setHeader(response, 'Content-Type', registry.contentType);
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.reply(response, text, 200);
    }
  }
  return SseMetricsController;
}
