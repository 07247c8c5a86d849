import { Session } from 'node:inspector/promises';
import { siteOf } from './allocations.js';

/** How long one function ran, itself and not what it called. */
export interface CpuSite {
  site: string;
  /** µs */
  self: number;
}

/** Samples where the time goes between start and stop. */
export class CpuProfile {
  readonly #session = new Session();

  async start(): Promise<null> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: 250 });
    await this.#session.post('Profiler.start');
    return null;
  }

  async stop(): Promise<CpuSite[]> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, siteOf(callFrame)]));
    const bySite = new Map<string, number>();
    profile.samples?.forEach((id, index) => {
      const site = frames.get(id) ?? '(unknown)';
      bySite.set(site, (bySite.get(site) ?? 0) + (profile.timeDeltas?.[index] ?? 0));
    });
    return [...bySite].map(([site, self]) => ({ site, self })).sort((a, b) => b.self - a.self);
  }
}
