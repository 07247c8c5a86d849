import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Backplane, type BackplaneFactory, type BackplaneNode, type NodeCommand } from '../backplane/backplane.js';
import { type PassedMessage } from '../backplane/channel-message.js';
import { InProcessBackplane } from '../backplane/in-process-backplane.js';
import { type PresenceEntry, type PresenceEvent, type PresenceUpdate } from '../backplane/presence-port.js';
import { SseBackplaneError } from '../backplane/sse-backplane-error.js';
import { backplaneContract } from './backplane-contract.js';

beforeEach(() => void jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {}));
afterEach(() => void jest.restoreAllMocks());

/** A backplane some verbs of which are others. */
function changed<T extends Backplane>(backplane: T, verbs: Partial<Backplane>): T {
  return new Proxy(backplane, {
    get: (target, name) => {
      const own: unknown = Reflect.get(verbs, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}

/** Nodes in one process, joined as simply as can be: what the cases for several nodes are tried on. */
class JoinedNodes {
  private readonly engine = new InProcessBackplane();
  private readonly open = new Map<string, { node: BackplaneNode; channels: Set<string>; payload: unknown }>();
  private readonly connections = new Map<string, Map<string, PresenceUpdate>>();
  private started: Promise<void> | undefined;

  /** What is wrong with them, in a test that they have to fail. */
  constructor(private readonly fault?: 'every join' | 'commands to all' | 'own members') {}

  readonly factory: BackplaneFactory = ({ nodeId }) => {
    const { engine } = this;
    const own = { node: undefined as unknown as BackplaneNode, channels: new Set<string>(), payload: {} as unknown };
    const backplane = changed(engine, {
      start: (node, settings) => {
        own.node = node;
        this.open.set(nodeId, own);
        return (this.started ??= engine.start(this.hub, settings));
      },
      subscribe: (channel) => {
        own.channels.add(channel);
        return engine.subscribe(channel);
      },
      unsubscribe: async (channel) => void own.channels.delete(channel),
      command: (command, only) => engine.command({ name: 'forward', command, only } as NodeCommand),
      updatePresence: (updates) => engine.updatePresence(updates.map((update) => this.sum(nodeId, update))),
      members: (channel) => (this.fault === 'own members' ? this.membersOf(nodeId, channel) : engine.members(channel)),
      describeNode: (payload) => void (own.payload = payload),
      nodes: async () => [...this.open].map(([id, { payload }]) => ({ id, payload })),
      close: async () => {
        this.open.delete(nodeId);
        const away = () => Promise.reject(new SseBackplaneError('closed'));
        for (const verb of Object.getOwnPropertyNames(InProcessBackplane.prototype))
          Object.assign(closed, { [verb]: away });
        Object.assign(closed, { close: async () => {}, describeNode: () => {} });
      },
    });
    const closed: Partial<Backplane> = {};
    return changed(backplane, closed);
  };

  private readonly hub: BackplaneNode = {
    id: 'hub',
    deliver: (message) => this.tell(message.channel, (node) => node.deliver(message)),
    lost: () => {},
    resumed: () => {},
    buried: () => {},
    presence: (event) => this.tell(event.channel, (node) => node.presence(event)),
    execute: async (forwarded) => {
      const { command, only } = forwarded as NodeCommand & { command: NodeCommand; only?: string };
      const all = this.fault === 'commands to all' || only === undefined;
      const nodes = [...this.open.values()].filter(({ node }) => all || node.id === only);
      await Promise.all(nodes.map(({ node }) => node.execute(command)));
    },
  };

  private tell(channel: string, act: (node: BackplaneNode) => void): void {
    for (const { node, channels } of this.open.values()) if (channels.has(channel)) act(node);
  }

  /** What all nodes have of a user. */
  private sum(nodeId: string, update: PresenceUpdate): PresenceUpdate {
    const key = `${update.channel}\n${update.userId}`;
    const byNode = this.connections.get(key) ?? new Map<string, PresenceUpdate>();
    this.connections.set(key, byNode.set(nodeId, update));
    const present = [...byNode.values()].filter(({ connections }) => connections > 0);
    const event = { type: 'join', channel: update.channel, userId: update.userId } as const satisfies PresenceEvent;
    if (this.fault === 'every join' && present.length > 1) this.hub.presence(event);
    return {
      ...update,
      connections: present.reduce((sum, { connections }) => sum + connections, 0),
      since: Math.min(...present.map(({ since }) => since)),
    };
  }

  private async membersOf(nodeId: string, channel: string): Promise<PresenceEntry[]> {
    const own = [...this.connections.values()].flatMap((byNode) => byNode.get(nodeId) ?? []);
    return own.filter((update) => update.channel === channel && update.connections > 0);
  }
}

describe('backplaneContract', () => {
  it('has no two cases of one name, and leaves out those with several nodes on demand', () => {
    const names = backplaneContract(() => () => new InProcessBackplane()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(backplaneContract(() => () => new InProcessBackplane(), { nodes: 1 }).length).toBeLessThan(names.length);
  });

  it('asks for a fresh engine for each case', async () => {
    let engines = 0;
    const cases = backplaneContract(() => {
      engines++;
      return () => new InProcessBackplane();
    });
    await cases[0]!.run();
    await cases[1]!.run();
    expect(engines).toBe(2);
  });

  describe('is passed by nodes that are joined properly', () => {
    for (const { name, run } of backplaneContract(() => new JoinedNodes().factory)) it(name, run);
  });
});

describe('backplaneContract finds', () => {
  /** The names of the cases that fail. Only those are run that do not wait for what can't come. */
  async function failuresOf(factory: () => BackplaneFactory, pattern: RegExp): Promise<string[]> {
    const cases = backplaneContract(factory).filter(({ name }) => pattern.test(name));
    expect(cases.length).toBeGreaterThan(0);
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return cases.filter((_, index) => outcomes[index]!.status === 'rejected').map(({ name }) => name);
  }

  type Fault = (backplane: InProcessBackplane) => Partial<Backplane>;
  /** A node that is told something else of each message. */
  const delivering =
    (change: (message: PassedMessage) => PassedMessage[]): Fault =>
    (backplane) => ({
      start: (node, settings) => {
        const told = Object.create(node) as BackplaneNode;
        told.deliver = (message) => change(message).forEach((each) => node.deliver(each));
        return backplane.start(told, settings);
      },
    });

  it.each<[string, RegExp, Fault]>([
    ['a message that comes twice', /^publish: each message/, delivering((message) => [message, message])],
    ['a channel that is not linked', /^publish: each message/, delivering((message) => [{ ...message, previous: 0 }])],
    ['a field that is lost', /^publish: delivers/, delivering((message) => [{ ...message, key: undefined }])],
    [
      'an ephemeral message with an id',
      /^publish: an ephemeral/,
      delivering((message) => [{ ...message, id: message.id ?? 'e-9' }]),
    ],
    [
      'a loss that is told for no reason',
      /^publish: numbers/,
      (backplane) => ({
        start: async (node, settings) => {
          await backplane.start(node, settings);
          node.lost({ channels: 'all', position: { epoch: 'e', sequence: 0 }, reason: 'backplane' });
        },
      }),
    ],
    [
      'keys that are not heeded',
      /^publish: an idempotency key publishes/,
      (backplane) => ({
        publish: (message) => backplane.publish(message),
      }),
    ],
    [
      'a subscription that does not know the last number',
      /^subscribe: names/,
      (backplane) => ({
        subscribe: async (channel) => ({
          ...(await backplane.subscribe(channel)),
          last: 0,
        }),
      }),
    ],
    [
      'a seam with a hole',
      /^subscribe: between/,
      (backplane) => ({
        subscribe: async (channel) => {
          const { last, position } = await backplane.subscribe(channel);
          return { last, position: { ...position, sequence: position.sequence - 9 } };
        },
      }),
    ],
    [
      'a position that is ahead',
      /^position/,
      () => {
        let count = 0;
        return {
          get position() {
            return { epoch: 'e', sequence: (count += 10) };
          },
        };
      },
    ],
    [
      'a history that is not whole',
      /^history: keeps so many/,
      (backplane) => ({
        history: async (channel) => ({
          ...(await backplane.history(channel)),
          completeAfter: 0,
        }),
      }),
    ],
    [
      'a command that nobody waits for',
      /^command: resolves/,
      (backplane) => ({
        command: async (command) => void backplane.command(command),
      }),
    ],
    [
      'a leave that is told again',
      /^presence: saying/,
      (backplane) => ({
        updatePresence: async (updates) => {
          for (const update of updates) {
            await backplane.updatePresence([{ ...update, connections: 1 }, update]);
          }
        },
      }),
    ],
    [
      'a message that is taken too early',
      /^taken/,
      (backplane) => ({
        taken: (userId, { epoch, sequence }) => backplane.taken(userId, { epoch, sequence: sequence + 1 }),
      }),
    ],
    ['tries that are not counted', /^attempt: counts/, () => ({ attempt: async () => [] })],
    [
      'a record that is replaced',
      /^put: with ifAbsent/,
      (backplane) => ({
        put: (key, value, { ttl }) => backplane.put(key, value, { ttl }),
      }),
    ],
    [
      'two who take one ticket',
      /^take/,
      (backplane) => ({
        take: (key) => backplane.get(key),
      }),
    ],
    ['a verb that goes on after the end', /^close: every verb/, () => ({ get: async () => undefined })],
  ])('%s', async (_what, pattern, fault) => {
    const factory = () => {
      const backplane = new InProcessBackplane();
      return changed(backplane, fault(backplane));
    };
    expect(await failuresOf(() => factory, pattern)).toHaveLength(1);
  });

  it.each([
    ['a second join of somebody who is there', 'every join', /^presence: a user on two nodes/],
    ['a command to one node that runs on all', 'commands to all', /^command: to one node/],
    ['members of one node only', 'own members', /^members: adds up/],
  ] as const)('%s', async (_what, fault, pattern) => {
    expect(await failuresOf(() => new JoinedNodes(fault).factory, pattern)).toHaveLength(1);
  });
});
