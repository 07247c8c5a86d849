import { explainOwnDelay, OwnDelay } from '../limits/own-delay.js';
import { type LoadReport, type PublishCounts } from '../load-report.js';
import { Delivery } from '../verifying/delivery.js';
import { Latencies } from '../verifying/latencies.js';
import { WallClock } from '../verifying/wall-clock.js';
import { RefusalExamples } from './refusal-examples.js';

/** Of the requests to `--publish`, from where on it is worth a word that they were late. */
const LATE_SHARE = 0.01;

const numbers = new Intl.NumberFormat('en-US');

/** What a run finds out beside its counts. */
export class RunFindings {
  readonly opening = new Latencies();
  readonly refusals = new RefusalExamples();
  readonly clock = new WallClock();
  readonly delivery?: Delivery;
  /** What keeps the numbers from being those of the server. */
  readonly limits: string[] = [];
  readonly #own = new OwnDelay();

  constructor(verify: boolean) {
    if (verify) this.delivery = new Delivery(this.clock);
  }

  /** The run is over, and these streams are open. */
  close(openStreams: readonly number[], publish?: PublishCounts): void {
    this.#own.stop();
    this.limits.push(
      ...[
        explainOwnDelay(this.#own, (this.delivery?.latency() ?? this.opening.summary())?.p99),
        this.delivery && explainUnverified(this.delivery, openStreams),
        publish && explainLate(publish),
        ...this.refusals.lines,
      ].filter((line) => line !== undefined),
    );
  }

  /** By channel, and of all. */
  get deliveryReport(): LoadReport['delivery'] {
    return this.delivery && { total: this.delivery.total(), channels: this.delivery.byChannel() };
  }
}

function explainUnverified(delivery: Delivery, openStreams: readonly number[]): string | undefined {
  const lines: string[] = [];
  const { unstamped, early } = delivery;
  const silent = delivery.silent(openStreams);
  if (unstamped > 0) {
    lines.push(
      `${numbers.format(unstamped)} events carried no sequence and were not verified: ` +
        `let their data be JSON such as {"channel":"news","seq":7,"at":1700000000000.123}.`,
    );
  }
  if (silent > 0) lines.push(`${numbers.format(silent)} open streams received no event that could be verified.`);
  if (early > 0) {
    lines.push(
      `${numbers.format(early)} events came before the time that they say they were sent at: ` +
        `the clocks of server and tester differ, and no latency here is right. Run both on one machine.`,
    );
  }
  return lines.length === 0 ? undefined : lines.join(' ');
}

function explainLate({ due, sent, late = 0 }: PublishCounts): string | undefined {
  const unsent = due - sent;
  if (unsent === 0 && late <= due * LATE_SHARE) return undefined;
  return (
    `Of ${numbers.format(due)} requests to --publish ${numbers.format(late)} were sent late and ${numbers.format(unsent)} not at all: ` +
    `the endpoint does not keep up, or more may be under way: --publish-concurrency, and with --verify --publish-channels, ` +
    `since each channel has one under way at a time.`
  );
}
