import { type BackplaneFactory } from '../backplane/backplane.js';
import { ContractBench, type ContractCase } from './backplane-contract-case.js';
import { COMMAND_CASES } from './backplane-contract-commands.js';
import { END_CASES } from './backplane-contract-end.js';
import { HISTORY_CASES } from './backplane-contract-history.js';
import { PRESENCE_CASES } from './backplane-contract-presence.js';
import { PUBLISH_CASES } from './backplane-contract-publish.js';
import { QUEUE_CASES } from './backplane-contract-queue.js';
import { RECORD_CASES } from './backplane-contract-records.js';
import { SUBSCRIBE_CASES } from './backplane-contract-subscribe.js';

/** One test. Give it 30 seconds: it needs far less, unless it waits for something that does not come. */
export interface BackplaneContractCase {
  /** What is promised. */
  readonly name: string;
  /** Rejects with an `AssertionError` if it is not kept. Cases may run at the same time. */
  readonly run: () => Promise<void>;
}

/** See {@link backplaneContract}. */
export interface BackplaneContractOptions {
  /** 1 for an implementation that does not join nodes: cases with several are left out. Default: any number. */
  readonly nodes?: 1;
}

/**
 * The tests that an implementation of the `Backplane` port must pass, for any test runner. They cover what the port
 * promises while the engine answers; what happens while it is away only you can bring about.
 *
 * @param freshEngine called once for each case: returns what makes the backplane of a node, all on one engine, which
 *   nobody has used yet (a new prefix or database will do)
 *
 * @example
 * describe('myBackplane', () => {
 *   const cases = backplaneContract(() => {
 *     const prefix = randomUUID();
 *     return () => myBackplane({ prefix });
 *   });
 *   for (const { name, run } of cases) it(name, run, 30_000);
 * });
 */
export function backplaneContract(
  freshEngine: () => BackplaneFactory | Promise<BackplaneFactory>,
  { nodes }: BackplaneContractOptions = {},
): BackplaneContractCase[] {
  return CASES.filter((each) => each.nodes === 1 || nodes !== 1).map((each) => ({
    name: each.name,
    run: async () => carryOut(each, await freshEngine()),
  }));
}

const CASES: readonly ContractCase[] = [
  ...PUBLISH_CASES,
  ...SUBSCRIBE_CASES,
  ...HISTORY_CASES,
  ...COMMAND_CASES,
  ...PRESENCE_CASES,
  ...QUEUE_CASES,
  ...RECORD_CASES,
  ...END_CASES,
];

async function carryOut({ run }: ContractCase, factory: BackplaneFactory): Promise<void> {
  const bench = new ContractBench(factory);
  try {
    await run(bench);
    bench.check();
  } finally {
    await bench.close();
  }
}
