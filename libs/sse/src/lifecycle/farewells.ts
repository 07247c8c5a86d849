import { type Admission } from '../connections/admission.js';
import { type ConnectionServices } from '../connections/connection-services.js';
import { type ConnectionRegistry } from '../connections/connection-registry.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type RawResponse } from '../transport/http-exchange.js';
import { setTimeout as delay } from 'node:timers/promises';
import { type FarewellPlan, type FarewellRules, planFarewells, type Wave } from './farewell-plan.js';

/** What came of the farewells. */
export interface FarewellOutcome {
  /** Streams that were told to go. The others of the plan went by themselves before their turn. */
  readonly closed: number;
  /** Responses that their clients had not taken at the deadline. */
  readonly cut: number;
}

/** What the farewells act on. */
export interface FarewellSurroundings {
  readonly admission: Admission;
  readonly registry: ConnectionRegistry;
  readonly linger: ConnectionServices['linger'];
}

/** Node's timers may run a fraction of a millisecond before their time. */
const EARLY = 2;

/** Ends all streams that are open when it is made, by a plan, and whatever else is on its way to become one. */
export class Farewells {
  readonly plan: FarewellPlan;
  private readonly start = performance.now();
  private readonly deadline: number;
  private readonly leaving: Iterator<SseConnection>;
  private readonly flushed: Promise<void>[] = [];
  private closed = 0;
  /** Responses that have not reached their clients in time. */
  private pending = 0;

  constructor(
    private readonly rules: FarewellRules,
    private readonly surroundings: FarewellSurroundings,
  ) {
    const all = surroundings.registry.all();
    this.plan = planFarewells(all.length, rules);
    this.leaving = all.values();
    this.deadline = this.start + rules.timeout;
  }

  /** Resolves when every response has reached its client, or was cut at the deadline. The first wave is said at once. */
  async say(): Promise<FarewellOutcome> {
    this.closeDoor();
    for (const wave of this.plan.waves) {
      const pause = wave.at - this.elapsed;
      if (pause > 0) await delay(pause, undefined, { ref: false });
      this.sayTo(wave);
    }
    this.flush();
    await Promise.all(this.flushed);
    return { closed: this.closed, cut: this.pending };
  }

  private get elapsed(): number {
    return performance.now() - this.start;
  }

  /** From here nobody comes in; those who are half in are turned away. */
  private closeDoor(): void {
    const { admission, registry, linger } = this.surroundings;
    const { retry } = this.rules;
    admission.close('The server is shutting down.', () => retry + Math.round(Math.random() * this.plan.span));
    for (const connection of registry.opening()) {
      const { response } = connection;
      // Whoever still awaits in a handler hears it by his signal, and is answered when he is done, or cut.
      this.end(connection);
      if (response) linger.watch(response);
    }
    for (const response of admission.knocking) {
      this.track(response);
      linger.watch(response);
    }
  }

  private sayTo({ returns }: Wave): void {
    // A timer may be late, but he is to be back when the plan says so.
    const { elapsed } = this;
    for (const returnAt of returns) {
      const next = this.leaving.next();
      if (next.done || next.value.isClosed) continue;
      this.end(next.value, Math.max(0, Math.round(returnAt - elapsed)));
      this.closed++;
    }
    this.flush();
  }

  private end(connection: SseConnection, retry?: number): void {
    if (connection.response) this.track(connection.response);
    connection.finish({ reason: 'shutdown', retry });
  }

  /** What is cut is closed as well, a moment later. */
  private track(response: RawResponse): void {
    if (response.destroyed) return;
    this.pending++;
    response.once('close', () => {
      if (performance.now() < this.deadline - EARLY) this.pending--;
    });
  }

  /** Those of the early waves have until the deadline, too, and not just for as long as an ended response usually has. */
  private flush(): void {
    const { linger } = this.surroundings;
    this.flushed.push(linger.settle(Math.max(0, this.deadline - performance.now())));
  }
}
