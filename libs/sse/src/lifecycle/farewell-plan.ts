import { type SseShutdownOptions } from '../options/sse-module-options.js';

/** What the farewells of a drain go by; times in milliseconds. */
export interface FarewellRules extends Pick<
  Required<SseShutdownOptions>,
  'timeout' | 'reconnectSpread' | 'maxReconnectsPerSecond'
> {
  /** The soonest that a client is told to come back, from its farewell on: `connections.retry`. */
  readonly retry: number;
}

/** Those who are told to go at the same moment. */
export interface Wave {
  /** When they are told, in milliseconds from the start of the drain. */
  readonly at: number;
  /** For each of them: when it is to be back, from the start of the drain as well. */
  readonly returns: readonly number[];
}

/** Who is told to go when, and to be back when. */
export interface FarewellPlan {
  /** From the first who is to be back to the last, in milliseconds. */
  readonly span: number;
  readonly waves: readonly Wave[];
}

/** Milliseconds between two waves: few enough farewells in each that flushing them does not hold up anything else. */
const BETWEEN_WAVES = 100;
/** The part of the timeout in which farewells are said. The rest is for flushing the last of them. */
const TALKING = 0.5;

/**
 * Plans the farewells of so many clients, so that they come back evenly: everyone has a slot of his own, and a random
 * moment in it. Plain random moments would make crowds, by the law of which a hundred people share birthdays.
 *
 * With `maxReconnectsPerSecond` the farewells are said in waves at no more than that rate, which also spreads those clients
 * that ignore the time they are told. Half of the timeout may be too short for that: then the waves are larger, and still
 * everyone who heeds his time comes at the rate.
 */
export function planFarewells(clients: number, rules: FarewellRules, random: () => number = Math.random): FarewellPlan {
  const { timeout, reconnectSpread, maxReconnectsPerSecond } = rules;
  const atRate = maxReconnectsPerSecond === null ? 0 : (clients / maxReconnectsPerSecond) * 1_000;
  const span = Math.max(reconnectSpread, atRate);
  const talking = Math.min(atRate, timeout * TALKING);
  const returnOf = evenReturns(clients, span, maxReconnectsPerSecond ?? clients, random);
  const waves: { at: number; returns: number[] }[] = [];
  for (let client = 0; client < clients; client++) {
    const at = Math.floor((client * talking) / clients / BETWEEN_WAVES) * BETWEEN_WAVES;
    let wave = waves.at(-1);
    if (wave?.at !== at) waves.push((wave = { at, returns: [] }));
    wave.returns.push(rules.retry + returnOf(client));
  }
  return { span, waves };
}

/**
 * Slots in blocks of as many as may come within a second; a block takes a second or longer. The random moments are those of
 * the first block again in each that follows, so that a second holds no more than a block wherever it begins.
 */
function evenReturns(
  clients: number,
  span: number,
  perSecond: number,
  random: () => number,
): (client: number) => number {
  const block = Math.min(perSecond, clients);
  const duration = Math.ceil((block * span) / clients);
  const moments = Array.from({ length: block }, (_, slot) => Math.floor(((slot + random()) * duration) / block));
  return (client) => Math.floor(client / block) * duration + (moments[client % block] ?? 0);
}
