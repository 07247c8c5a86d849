import { type HealthIndicatorService } from '@nestjs/terminus';
import { SseError } from '../index.js';

/** What is used of the package. */
export interface TerminusPackage {
  readonly HealthIndicatorService: typeof HealthIndicatorService;
}

/** The package is an optional peer: who does not use this entry does not need it. */
export async function loadTerminus(): Promise<TerminusPackage> {
  try {
    const { HealthIndicatorService } = await import('@nestjs/terminus');
    return { HealthIndicatorService };
  } catch (error) {
    const message = "SseHealthIndicator needs a package that can't be loaded: npm install @nestjs/terminus";
    throw new SseError('SSE_PACKAGE', message, { cause: error });
  }
}
