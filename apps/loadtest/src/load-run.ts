import { setTimeout as delay } from 'node:timers/promises';
import { type Command } from './command-line/command.js';
import { type LoadEngine } from './load-engine.js';
import { type LoadReport } from './load-report.js';
import { type RunFindings } from './measuring/run-findings.js';
import { RunSampler } from './measuring/run-sampler.js';
import { verdictsOf } from './measuring/verdicts.js';
import { type Publisher } from './publishing/publisher.js';
import { type LoadView } from './report/load-view.js';

/** How often it is looked whether the last events have arrived, in ms. */
const SETTLE_LOOK = 10;
/** How long a server may take to answer a goodbye, in ms. */
const GOODBYE = 5_000;

/** One run, from the first opening to the report. */
export class LoadRun {
  readonly #sampler: RunSampler;
  readonly #startedAt = new Date();

  constructor(
    private readonly command: Command,
    private readonly view: LoadView,
    private readonly engine: LoadEngine,
    private readonly findings: RunFindings,
    private readonly publisher?: Publisher,
  ) {
    const { delivery, clock } = findings;
    this.#sampler = new RunSampler(
      {
        counts: () => engine.counts(),
        latencyOfSecond: delivery && (() => delivery.latencyOfSecond()),
        delivery: delivery && (() => delivery.total()),
        publish: publisher && (() => publisher.counts()),
      },
      (sample) => {
        clock.compare();
        view.sample(sample);
      },
    );
  }

  /** Aborting `signal` ends it early. */
  async run(signal: AbortSignal): Promise<LoadReport> {
    const { engine, publisher, findings, command } = this;
    this.#sampler.start();
    const interrupted = new Promise<void>((resolve) => {
      const interrupt = (): void => {
        this.view.line('Stopping: the report follows. Ctrl-C again ends at once, without it.');
        resolve();
      };
      if (signal.aborted) interrupt();
      else signal.addEventListener('abort', interrupt, { once: true });
    });
    await Promise.race([engine.open(), interrupted]);
    if (!signal.aborted) {
      if (publisher) findings.delivery?.expectAll(this.#indexes('open'), publisher.numbered);
      publisher?.start();
      await this.#hold(signal);
    }
    await publisher?.stop();
    await this.#settle();
    const open = this.#indexes('open');
    const unanswered = this.#unanswered();
    this.#sampler.stop();
    findings.close(open, publisher?.counts());
    const report = this.#report(unanswered);
    await this.#cut(command.cut);
    this.view.end(report);
    return report;
  }

  /** Until the time is over, all streams are gone for good, or somebody has had enough. */
  async #hold(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const time = delay(this.command.duration * 1_000, undefined, {
      signal: AbortSignal.any([signal, over.signal]),
    }).catch(() => undefined);
    await Promise.race([time, this.engine.whenClosed()]);
    over.abort();
  }

  /** What one stream has of a channel the others should have soon after: those that do not have lost it. */
  async #settle(): Promise<void> {
    const { delivery } = this.findings;
    if (!delivery) return;
    const heights = delivery.heights();
    const over = performance.now() + this.command.settle * 1_000;
    while (!delivery.haveReached(this.#indexes('open'), heights) && performance.now() < over) await delay(SETTLE_LOOK);
    delivery.close(this.#indexes('open'), heights);
  }

  /** With a goodbye a server may take its time; and nobody waits for one that has none. */
  async #cut(mode: Command['cut']): Promise<void> {
    const over = new AbortController();
    const time = delay(GOODBYE, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.engine.cut(mode), time]);
    over.abort();
    await this.engine.cut();
  }

  #report(unanswered: number): LoadReport {
    const { command, engine, findings, publisher } = this;
    const counts = engine.counts();
    const { seconds, samples } = this.#sampler;
    const { delivery, deliveryReport } = findings;
    const silent = delivery?.silent(this.#indexes('open')) ?? 0;
    const latency = delivery?.latency();
    const publish = publisher?.counts();
    return {
      urls: command.request.urls,
      startedAt: this.#startedAt.toISOString(),
      seconds,
      connections: command.connections,
      counts,
      eventsPerSecond: counts.events / Math.max(seconds, 0.001),
      opening: findings.opening.summary(),
      latency,
      delivery: deliveryReport,
      publish,
      limits: findings.limits,
      verdicts: verdictsOf(
        {
          counts,
          unanswered,
          delivery: delivery &&
            deliveryReport && { total: deliveryReport.total, latency, events: delivery.stamped, silent },
          publish,
        },
        command.thresholds,
      ),
      samples,
    };
  }

  /** Of the streams in this state. */
  #indexes(state: 'open'): number[] {
    const indexes: number[] = [];
    this.engine.streams.forEach((stream) => {
      if (stream.state === state) indexes.push(stream.index);
    });
    return indexes;
  }

  /** Streams whose first request has had no answer until now. */
  #unanswered(): number {
    let count = 0;
    this.engine.streams.forEach(({ state, visitor }) => {
      if (state === 'opening' && (visitor?.attempts ?? 1) === 1) count++;
    });
    return count;
  }
}
