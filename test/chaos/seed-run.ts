import { type SseModuleOptions } from 'nestjs-event-stream';
import { judge } from './oracle/judge.js';
import { positionOf } from './oracle/position.js';
import { type Publication } from './oracle/publication.js';
import { type Trace } from './oracle/trace.js';
import { type Violation } from './oracle/violation.js';
import { Random } from './random.js';
import { CLIENTS, type Scenario } from './scenario.js';
import { startsOf, type Step } from './schedule.js';
import { type Statistics, statisticsOf } from './statistics.js';
import { type EventSourceClient } from './world/event-source.js';
import { inflict, type NewClient } from './world/faults.js';
import { Timeline } from './world/timeline.js';
import { USERS, World } from './world/world.js';

/** How a seed is played. */
export interface Setting {
  /** The compiled application. */
  readonly script: string;
  /** Told of everything that happens. */
  readonly log: (line: string) => void;
}

export interface SeedResult {
  readonly scenario: Scenario;
  readonly statistics: Statistics;
  readonly violations: readonly Violation[];
  /** What makes it a failure apart from violations. */
  readonly weaknesses: readonly string[];
  readonly publications: readonly Publication[];
  readonly traces: readonly Trace[];
}

const PUBLISHERS = 3;
/** Between two events of a publisher, in milliseconds on average. */
const PAUSE = 60;
/** How long after the last fault every client must have come to the end. */
const PATIENCE = 10_000;
const LEAST_RESUMES = 10;

/** Plays one seed: a world, what goes wrong in it, and what the oracle says of that. */
export async function runSeed(scenario: Scenario, { script, log }: Setting): Promise<SeedResult> {
  const { seed, profile, options, channels, steps } = scenario;
  const random = new Random(seed + 0.5);
  const world = await World.create({ profile, options, channels, script, random });
  const newClient = (cutAfter?: number): void => addClient(world, random, options).start({ cutAfter });
  try {
    await world.start(startsOf(steps, profile.nodes));
    for (let client = 0; client < CLIENTS; client++) newClient();
    world.traffic.start(PUBLISHERS, PAUSE);
    await playAll(steps, world, newClient, log);
    await world.traffic.stop();
    for (const [reason, count] of world.traffic.failures) log(`${count} publishes without a known outcome: ${reason}`);
    await reachTheEnd(world, log);
    for (const client of world.clients) client.drop();
    await reachTheEnd(world, log);
    return resultOf(scenario, world);
  } finally {
    await world.end();
    for (const { name, process } of world.nodes) if (process.output) log(`${name} said:\n${process.output}`);
  }
}

function addClient(world: World, random: Random, { checkpoint }: SseModuleOptions): EventSourceClient {
  return world.addClient({
    name: `client ${world.clients.length}`,
    user: random.pick(USERS),
    channels: random.some(world.channels, random.between(1, world.channels.length - 1)),
    kind: checkpoint === 'event' ? 'polyfill' : 'browser',
  });
}

async function playAll(steps: readonly Step[], world: World, newClient: NewClient, log: Setting['log']): Promise<void> {
  const timeline = new Timeline(() => world.nodes.some(({ process }) => process.isUp));
  const playing: Promise<void>[] = [];
  for (const { at, fault } of steps) {
    await timeline.reach(at);
    log(`${Math.round(world.now())}  ${JSON.stringify(fault)}`);
    const over = inflict(fault, world, newClient).then(() => log(`${Math.round(world.now())}  over: ${fault.what}`));
    // What goes wrong with it is told below.
    over.catch(() => undefined);
    playing.push(over);
  }
  // All of them come to their end, also where one fails: none is to start a node again after this seed.
  const played = await Promise.allSettled(playing);
  for (const one of played) if (one.status === 'rejected') throw one.reason;
}

/** Everything is mended: the last event of each channel must reach everyone who listens to it, or a reset behind it. */
async function reachTheEnd(world: World, log: Setting['log']): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  const channels = new Set(world.clients.flatMap((client) => client.trace.channels));
  const markers = await Promise.all([...channels].map((channel) => world.traffic.mark(channel, signal)));
  log(`${Math.round(world.now())}  last events: ${markers.map(({ channel, id }) => `${channel} ${id}`).join(', ')}`);
  await Promise.all(world.clients.map((client) => client.until(() => isBehind(client, markers), PATIENCE)));
}

function isBehind(client: EventSourceClient, markers: readonly Publication[]): boolean {
  const { channels } = client.trace;
  const cursor = positionOf(client.lastEventId);
  return markers.every(({ channel, id }) => {
    if (!channels.includes(channel)) return true;
    const marker = positionOf(id);
    return cursor && marker?.epoch === cursor.epoch && marker.sequence <= cursor.sequence;
  });
}

function resultOf(scenario: Scenario, world: World): SeedResult {
  const { publications } = world.traffic;
  const traces = world.clients.map((client) => client.trace);
  const statistics = statisticsOf(publications, traces);
  const violations = judge({ publications, traces, lostDataAt: world.lostDataAt });
  return { scenario, statistics, violations, weaknesses: weaknessesOf(statistics, scenario), publications, traces };
}

/** A reset everywhere would satisfy the oracle, and proves nothing. */
function weaknessesOf({ resumes, resumesReset }: Statistics, { profile }: Scenario): string[] {
  const weaknesses: string[] = [];
  if (resumes < LEAST_RESUMES) weaknesses.push(`only ${resumes} resumes: at least ${LEAST_RESUMES} make a proof`);
  if (profile.keepsLog && resumesReset > resumes / 2)
    weaknesses.push(`${resumesReset} of ${resumes} resumes were reset, although Redis kept its data`);
  return weaknesses;
}
