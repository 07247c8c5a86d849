/** One that is due. */
export interface Due {
  /** From 0, over all lanes. */
  index: number;
  /** By `performance.now()`, in ms. */
  at: number;
}

/** Those who must not overtake each other. */
interface Lane {
  /** How many of this lane were sent. */
  sent: number;
  due: number;
  isQueued: boolean;
  free: number;
}

/**
 * Says when something is due: by the clock, whatever became of what was due before. What can't be done in time is done
 * later and keeps the moment at which it was due, so that a server which stalls is measured as those see it who wait for it.
 * (A tester that waits for an answer before it asks again leaves just the bad moments out: coordinated omission.)
 *
 * Memory does not grow with what is overdue: its moments follow from its numbers.
 */
export class OpenLoop {
  due = 0;
  sent = 0;

  readonly #lanes: Lane[];
  readonly #ready: number[] = [];
  readonly #period: number;
  readonly #concurrency: number;
  #underWay = 0;
  #start = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param rate a second
   * @param lanes that take turns, each with so many places
   * @param concurrency places in all
   * @param send must resolve when its place is free again, and not reject
   */
  constructor(
    rate: number,
    { lanes, places, concurrency }: { lanes: number; places: number; concurrency: number },
    private readonly send: (due: Due) => Promise<void>,
  ) {
    this.#period = 1_000 / rate;
    this.#concurrency = concurrency;
    this.#lanes = Array.from({ length: lanes }, () => ({ sent: 0, due: 0, isQueued: false, free: places }));
  }

  start(): void {
    this.#start = performance.now();
    this.#tick();
  }

  /** Nothing more will be due, and what is overdue is left. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#ready.length = 0;
  }

  readonly #tick = (): void => {
    const now = performance.now();
    const due = Math.floor((now - this.#start) / this.#period) + 1;
    for (; this.due < due; this.due++) {
      const index = this.due % this.#lanes.length;
      const lane = this.#lanes[index];
      if (!lane) continue;
      lane.due++;
      this.#enqueue(lane, index);
    }
    this.#timer = setTimeout(this.#tick, this.#start + this.due * this.#period - now);
    this.#pump();
  };

  #enqueue(lane: Lane, index: number): void {
    if (lane.isQueued || lane.free === 0 || lane.sent === lane.due) return;
    lane.isQueued = true;
    this.#ready.push(index);
  }

  #pump(): void {
    while (this.#underWay < this.#concurrency) {
      const index = this.#ready.shift();
      if (index === undefined) return;
      const lane = this.#lanes[index];
      if (!lane) return;
      lane.isQueued = false;
      lane.free--;
      this.#begin(lane, index);
      this.#enqueue(lane, index);
    }
  }

  #begin(lane: Lane, laneIndex: number): void {
    const index = lane.sent++ * this.#lanes.length + laneIndex;
    this.sent++;
    this.#underWay++;
    void this.send({ index, at: this.#start + index * this.#period }).then(() => {
      this.#underWay--;
      lane.free++;
      if (this.#timer === undefined) return;
      this.#enqueue(lane, laneIndex);
      this.#pump();
    });
  }
}
