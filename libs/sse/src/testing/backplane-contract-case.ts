import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackplaneFactory, type BackplaneSettings } from '../backplane/backplane.js';
import { ContractNode, PATIENCE } from './backplane-contract-node.js';

/** Bounds that no case reaches by chance. */
const SETTINGS: BackplaneSettings = {
  history: { maxEvents: 1_000, maxAge: 300_000, maxTotalBytes: 64 * 1_048_576 },
  messageQueue: { maxPerUser: 1_000, ttl: 3_600_000, maxAttempts: 3, maxTotalBytes: 64 * 1_048_576 },
};

interface ContractSettings {
  readonly history?: Partial<BackplaneSettings['history']>;
  readonly messageQueue?: Partial<BackplaneSettings['messageQueue']>;
}

/** What a case works with: nodes on one engine of their own. */
export class ContractBench {
  private readonly nodes: ContractNode[] = [];

  constructor(private readonly factory: BackplaneFactory) {}

  /** Starts one more node. */
  async node(settings: ContractSettings = {}): Promise<ContractNode> {
    const nodeId = `node-${this.nodes.length + 1}`;
    const node = new ContractNode(nodeId, await this.factory({ nodeId }));
    this.nodes.push(node);
    await node.backplane.start(node, {
      history: { ...SETTINGS.history, ...settings.history },
      messageQueue: { ...SETTINGS.messageQueue, ...settings.messageQueue },
    });
    return node;
  }

  /** What holds at the end of every case, since no case takes the engine away. */
  check(): void {
    for (const { id, violations, losses } of this.nodes) {
      assert.deepEqual(violations, [], `what ${id} was given broke the rules of BackplaneNode.deliver()`);
      assert.deepEqual(losses, [], `${id} was told of losses, though the engine was never away`);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}

/** One sentence of the contract. */
export interface ContractCase {
  readonly name: string;
  readonly nodes: 1 | 2;
  readonly run: (bench: ContractBench) => Promise<void>;
}

/** A case that every implementation can run. */
export function oneNode(name: string, run: ContractCase['run']): ContractCase {
  return { name, nodes: 1, run };
}

/** A case for implementations that join nodes. */
export function twoNodes(name: string, run: ContractCase['run']): ContractCase {
  return { name, nodes: 2, run };
}

/** Asks again and again, for what only time brings about. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) assert.fail(`Waited for this in vain: ${what}.`);
    await sleep(10);
  }
}

/** What has to be there. */
export function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined, 'something is missing that has to be there');
  return value;
}

/** The number in an id that a publish returned. */
export function sequenceOf({ id }: { readonly id?: string }): number {
  assert.ok(id !== undefined, 'a recorded message has no id');
  const sequence = Number(id.slice(id.lastIndexOf('-') + 1));
  assert.ok(Number.isSafeInteger(sequence) && sequence > 0, `the id ${id} does not end with a number`);
  return sequence;
}
