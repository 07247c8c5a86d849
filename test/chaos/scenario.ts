import { type SseModuleOptions } from 'nestjs-event-stream';
import { type Profile, profileOf } from './profile.js';
import { Random } from './random.js';
import { draw, type Step } from './schedule.js';

/** What is played: in which world, and what goes wrong there. */
export interface Scenario {
  /** Of everything else that is drawn: clients, events, pauses. */
  readonly seed: number;
  readonly profile: Profile;
  readonly options: SseModuleOptions;
  /** How many the application has. With few, all of them move all the time. */
  readonly channels: number;
  readonly steps: readonly Step[];
}

/** Clients from the start; some come later. */
export const CLIENTS = 9;

export function drawScenario(seed: number, only?: 'redis' | 'in-process'): Scenario {
  const random = new Random(seed);
  const profile = profileOf(random, only);
  return {
    seed,
    profile,
    options: drawOptions(random),
    channels: random.pick([4, 4, 16]),
    steps: draw(random, profile, CLIENTS),
  };
}

/** A history so short that some come too late, and queues so short that slow clients live off it. */
function drawOptions(random: Random): SseModuleOptions {
  return {
    connections: { retry: random.between(30, 150), retryAfter: 100 },
    heartbeat: { interval: random.between(200, 600) },
    queue: { maxEvents: 16 },
    history: { maxEvents: random.pick([96, 160, 256]), maxAge: random.pick([2_000, 60_000, 60_000]) },
    messageQueue: { maxAttempts: 100 },
    checkpoint: random.chance(0.25) ? 'event' : 'id',
  };
}
