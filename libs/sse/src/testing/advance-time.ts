import { SseClock, SseError } from '../index.js';
import { nextRealTurn } from './real-time.js';

/** What {@link advanceTime} needs of an application: any `INestApplication` or testing module has it. */
export interface ApplicationWithSse {
  /** As of any `INestApplicationContext`. */
  get(token: typeof SseClock, options: { strict: false }): SseClock;
}

/**
 * Lets time pass for the streams of an application: heartbeats, idle time-outs, `maxAge`, rates, times to live, and the
 * tickets, the history and the presence that this process keeps. Everything that falls due is done at its time, one after
 * the other. Sockets and timers of the runner go on as they do, `Date` too, and nothing has to be restored: the clock is
 * ahead from now on.
 *
 * It resolves when everything was done and is on its way to the clients.
 *
 * @param app the application; of several in this process all that are to see it, such as the nodes of a cluster
 * @param milliseconds a whole number. Heartbeats leave together: let a quarter of a second more pass than their interval
 * @throws SseError if it is no whole number of 0 or more
 * @throws the error of Nest that it could not find `SseClock`, where the application has no `SseModule`
 *
 * @example
 * const client = await SseTestClient.open(app, '/news/events');
 * await advanceTime(app, 31_000);
 * await client.nextComment(); // the heartbeat
 */
export async function advanceTime(
  app: ApplicationWithSse | readonly ApplicationWithSse[],
  milliseconds: number,
): Promise<void> {
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0)
    throw new SseError('SSE_ARGUMENT', `advanceTime(${milliseconds}): use a whole number of milliseconds, 0 or more.`);
  const clocks = [app].flat().map((each) => each.get(SseClock, { strict: false }));
  let left = milliseconds;
  // What was asked for before has come to where it starts its timers.
  await settle();
  for (;;) {
    const step = Math.min(left, ...clocks.map((clock) => Math.ceil(clock.untilNext())));
    await skip(clocks, step);
    await settle();
    left -= step;
    if (left <= 0 && clocks.every((clock) => clock.untilNext() > 0)) return;
  }
}

/** All see the same time: the first lets it pass, the others do what is due by then. */
async function skip(clocks: readonly SseClock[], milliseconds: number): Promise<void> {
  for (const [index, clock] of clocks.entries()) await clock.skip(index === 0 ? milliseconds : 0);
}

/** What is sent is written at the end of the tick, and what that leads to in the next one. */
async function settle(): Promise<void> {
  await nextRealTurn();
  await nextRealTurn();
}
