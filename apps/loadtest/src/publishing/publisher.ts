import { Agent as HttpAgent, request as requestHttp, type RequestOptions, validateHeaderValue } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { type PublishCounts } from '../load-report.js';
import { channelName } from '../opening/channel-name.js';
import { fillPlaceholders } from '../opening/fill-placeholders.js';
import { parseTarget, RequestError } from '../opening/stream-request.js';
import { Latencies } from '../verifying/latencies.js';
import { type WallClock } from '../verifying/wall-clock.js';
import { type Due, OpenLoop } from './open-loop.js';
import { type PublishPlan } from './publish-plan.js';

/** ms: what a timer and a busy moment of this process may take. */
const IN_TIME = 10;
const PATIENCE = 10_000;
/** What was sent last is given so many ms to be answered when the run is over. */
const LAST_PATIENCE = 2_000;
/** How often it is looked whether they were, in ms. */
const LOOK = 10;

export interface PublishFate {
  accepted(channel: string, seq: number): void;
  /** It was not accepted, or nobody knows. */
  excuse(channel: string, seq: number): void;
}

/** Drives an endpoint at a steady rate, which does not ask whether the endpoint keeps up. */
export class Publisher {
  readonly #counts: Required<Omit<PublishCounts, 'latency'>> = { due: 0, sent: 0, answered: 0, late: 0, failed: {} };
  readonly #latencies = new Latencies();
  readonly #loop: OpenLoop;
  readonly #underWay = new Set<() => void>();
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #isSecure: boolean;

  /**
   * @param fate hears of each event whether it was accepted
   * @throws {RequestError} when the URL is none, or a header can't be sent
   */
  constructor(
    private readonly plan: PublishPlan,
    private readonly clock: WallClock,
    private readonly fate?: PublishFate,
  ) {
    const { rate, channels, concurrency, inOrder } = plan;
    checkHeaders(plan.headers);
    this.#isSecure = this.#target(0).protocol === 'https:';
    // Given explicitly, so that no proxy of the environment has a part in it.
    const options = { keepAlive: true, maxSockets: concurrency };
    this.#agent = this.#isSecure ? new HttpsAgent(options) : new HttpAgent(options);
    const lanes = inOrder ? { lanes: channels, places: 1 } : { lanes: 1, places: concurrency };
    this.#loop = new OpenLoop(rate, { ...lanes, concurrency }, (due) => this.#send(due));
  }

  start(): void {
    this.#loop.start();
  }

  /** Channels whose events are numbered by this one, from 0 on; none where the body has no such number. */
  get numbered(): ReadonlySet<string> {
    const { body, channels } = this.plan;
    const isNumbered = body.includes('{channel}') && body.includes('{seq}');
    return new Set(isNumbered ? Array.from({ length: channels }, (_, index) => channelName(index, channels)) : []);
  }

  /** Begins no other request, and resolves when those under way were answered, or have had their time. */
  async stop(): Promise<void> {
    this.#loop.stop();
    const over = performance.now() + LAST_PATIENCE;
    while (this.#underWay.size > 0 && performance.now() < over) await delay(LOOK);
    for (const giveUp of this.#underWay) giveUp();
    // Their errors come in a later turn.
    while (this.#underWay.size > 0) await delay(1);
    this.#agent.destroy();
  }

  counts(): PublishCounts {
    const { due, sent } = this.#loop;
    return { ...this.#counts, due, sent, failed: { ...this.#counts.failed }, latency: this.#latencies.summary() };
  }

  #target(index: number): URL {
    const channel = channelName(index, this.plan.channels);
    return parseTarget(fillPlaceholders(this.plan.url, { channel }, encodeURIComponent));
  }

  async #send({ index, at }: Due): Promise<void> {
    const now = performance.now();
    if (now - at > IN_TIME) this.#counts.late++;
    const channel = channelName(index, this.plan.channels);
    const seq = Math.floor(index / this.plan.channels);
    // As of the moment at which it was due: to those who wait for the event it is late from then on.
    const sentAt = (this.clock.now() - (now - at)).toFixed(3);
    const body = fillPlaceholders(this.plan.body, { channel, seq: String(seq), at: sentAt });
    const failure = await this.#request(this.#target(index), body);
    if (failure === undefined) {
      this.#counts.answered++;
      this.#latencies.add(performance.now() - at);
      this.fate?.accepted(channel, seq);
    } else {
      this.#counts.failed[failure] = (this.#counts.failed[failure] ?? 0) + 1;
      this.fate?.excuse(channel, seq);
    }
  }

  /** Resolves with the status or error code of what went wrong. Redirects are not followed. */
  #request(target: URL, body: string): Promise<string | undefined> {
    const { method, headers } = this.plan;
    const options: RequestOptions = { agent: this.#agent, method, headers: this.#headers(headers, body) };
    return new Promise((resolve) => {
      const request = (this.#isSecure ? requestHttps : requestHttp)(target, options);
      const giveUp = (code: string): void => void request.destroy(Object.assign(new Error(code), { code }));
      const stop = (): void => giveUp('UNANSWERED');
      const settle = (failure?: string): void => {
        this.#underWay.delete(stop);
        resolve(failure);
      };
      this.#underWay.add(stop);
      request.setTimeout(PATIENCE, () => giveUp('TIMEOUT'));
      request.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.once('end', () => settle(statusCode >= 200 && statusCode < 300 ? undefined : String(statusCode)));
        response.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
      });
      request.end(method === 'GET' || method === 'HEAD' ? undefined : body);
    });
  }

  #headers(given: Readonly<Record<string, string>>, body: string): Record<string, string | number> {
    const names = Object.keys(given).map((name) => name.toLowerCase());
    const hasBody = !['GET', 'HEAD'].includes(this.plan.method);
    return {
      ...(hasBody && { 'Content-Length': Buffer.byteLength(body) }),
      ...(hasBody && !names.includes('content-type') && { 'Content-Type': 'application/json' }),
      ...given,
    };
  }
}

/** Node would throw at the first request, in the middle of the run. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderValue(name, value);
    } catch {
      throw new RequestError(
        `--publish-header ${JSON.stringify(`${name}: ${value}`)}: give a value in Latin-1, on one line`,
      );
    }
  }
}
