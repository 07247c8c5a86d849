import { type Publication } from './oracle/publication.js';
import { type Entry, type Trace } from './oracle/trace.js';
import { type Violation } from './oracle/violation.js';
import { type SeedResult } from './seed-run.js';

/** So many violations are shown; more of them say the same. */
const SHOWN = 8;
/** How much of a client's trace is shown around what is wrong with it. */
const BEFORE = 12;
const AFTER = 3;

export function hasFailed({ violations, weaknesses }: SeedResult): boolean {
  return violations.length + weaknesses.length > 0;
}

/** One line for each seed. */
export function lineOf(result: SeedResult): string {
  const { scenario, statistics, violations } = result;
  const { accepted, unknown, delivered, resumes, resumesReset, resets, dropped } = statistics;
  return [
    `seed ${scenario.seed}`,
    `${scenario.profile.name} ${scenario.profile.nodes}`.padEnd(12),
    `faults ${faultsOf(result)}`,
    `events ${accepted} accepted, ${unknown} unknown, ${delivered} delivered`,
    `resumes ${resumes} (${resumesReset} reset)`,
    `resets ${resets}`,
    `dropped ${dropped}`,
    hasFailed(result) ? `FAILED: ${violations.length} violations` : 'ok',
  ].join('  ');
}

/** What is wrong, and what the clients saw around it. */
export function explain({ scenario: { seed }, violations, weaknesses, publications, traces }: SeedResult): string {
  const parts = [
    `seed ${seed}: ${summaryOf(violations)}`,
    ...weaknesses,
    ...violations.slice(0, SHOWN).map((violation) => explainOne(violation, publications, traces)),
    ...(violations.length > SHOWN ? [`and ${violations.length - SHOWN} more`] : []),
    `Again: npm run chaos -- --seeds 1 --seed ${seed} --verbose`,
  ];
  return parts.join('\n\n');
}

function faultsOf({ scenario: { steps } }: SeedResult): string {
  const counts = new Map<string, number>();
  for (const { fault } of steps) counts.set(fault.what, (counts.get(fault.what) ?? 0) + 1);
  return `${steps.length} (${[...counts].map(([what, count]) => `${what} ${count}`).join(', ')})`;
}

function summaryOf(violations: readonly Violation[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of violations) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'no violations';
}

function explainOne(
  { kind, text, token, client, entry = 0 }: Violation,
  publications: readonly Publication[],
  traces: readonly Trace[],
): string {
  const publication = publications.find((one) => one.token === token);
  const head = `${kind}: ${text}${publication ? `\n  ${JSON.stringify(publication)}` : ''}`;
  const trace = traces.find((one) => one.client === client);
  if (!trace) return head;
  const { entries, user, channels } = trace;
  const excerpt = entries.slice(Math.max(0, entry - BEFORE), entry + AFTER + 1);
  return [
    head,
    `  ${trace.client} of ${user}, on ${channels.join(', ')}:`,
    ...excerpt.map((one) => `  ${one === entries[entry] ? '>' : ' '} ${lineOfEntry(one)}`),
  ].join('\n');
}

function lineOfEntry({ at, what, ...rest }: Entry): string {
  return `${String(at).padStart(6)} ms  ${what.padEnd(10)} ${JSON.stringify(rest)}`;
}
