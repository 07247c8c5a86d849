import { type HeapProfiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

/** How many bytes one function made, itself and not the functions that it called. */
export interface AllocationSite {
  site: string;
  bytes: number;
}

/** Samples what is allocated between start and stop, that which was collected meanwhile included. */
export class AllocationProfile {
  readonly #session = new Session();

  async start(): Promise<null> {
    this.#session.connect();
    const parameters = {
      samplingInterval: 2048,
      // Short-lived objects are what this looks for.
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    };
    await this.#session.post('HeapProfiler.startSampling', parameters);
    return null;
  }

  async stop(): Promise<AllocationSite[]> {
    const { profile } = await this.#session.post('HeapProfiler.stopSampling');
    this.#session.disconnect();
    const bySite = new Map<string, number>();
    const add = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode, caller: string): void => {
      // What is built in has no file: it counts for the function that called it.
      const site = callFrame.url === '' ? caller : siteOf(callFrame);
      bySite.set(site, (bySite.get(site) ?? 0) + selfSize);
      for (const child of children) add(child, site);
    };
    add(profile.head, '(V8)');
    return [...bySite]
      .map(([site, bytes]) => ({ site, bytes }))
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.bytes - a.bytes);
  }
}

/** The function, its file and its line, the file without the folders above the package. */
export function siteOf(frame: { functionName: string; url: string; lineNumber: number }): string {
  const name = frame.functionName || '(anonymous)';
  if (frame.url === '') return name;
  const file = frame.url.replace(/^.*\/node_modules\//, '').replace(/^file:.*\/(?=(?:libs|bench)\/)/, '');
  return `${name} ${file}:${frame.lineNumber + 1}`;
}
