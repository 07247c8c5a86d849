import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Admission } from '../connections/admission.js';
import { ConnectionRegistry } from '../connections/connection-registry.js';
import { QueueBudget } from '../connections/queue-budget.js';
import { Traffic } from '../connections/traffic.js';
import { type SseConnection } from '../connections/sse-connection.js';
import { type ChannelMembership } from './channel-membership.js';
import { NodeCommands } from './node-commands.js';
import { type QueueDrain } from './queue-drain.js';
import { type SseRevocations } from './sse-revocations.js';
import { type SseCommand } from './sse-command.js';

/** As much of a connection as a command needs; it counts how often it is asked who it is. */
class Listener {
  asked = 0;
  readonly deliver = jest.fn();
  readonly finish = jest.fn();

  constructor(
    private readonly ownId: string,
    private readonly user: string,
  ) {}

  get id(): string {
    this.asked++;
    return this.ownId;
  }

  get identity() {
    this.asked++;
    return { userId: this.user, permissions: [], tokenId: `token of ${this.user}` };
  }

  get userId(): string {
    return this.identity.userId;
  }
}

describe('NodeCommands', () => {
  const STRANGERS = 200;
  let registry: ConnectionRegistry;
  let subscribe: jest.Mock<(connection: SseConnection, channel: string) => Promise<void>>;
  let flush: jest.Mock<(connection: SseConnection) => Promise<void>>;
  let commands: NodeCommands;
  let strangers: Listener[];
  beforeEach(() => {
    registry = new ConnectionRegistry(new Admission(), new QueueBudget(1_000), new Traffic());
    subscribe = jest.fn(() => Promise.resolve());
    flush = jest.fn(() => Promise.resolve());
    const backlog = { flush } as unknown as QueueDrain;
    const revocations = { remember: () => undefined } as unknown as SseRevocations;
    commands = new NodeCommands(registry, { subscribe } as unknown as ChannelMembership, backlog, revocations);
    strangers = Array.from({ length: STRANGERS }, (_, n) => opened(`stranger ${n}`, `user ${n}`));
  });

  function opened(id: string, user: string): Listener {
    const listener = new Listener(id, user);
    registry.enter(listener as unknown as SseConnection);
    registry.add(listener as unknown as SseConnection);
    return listener;
  }
  function opening(id: string, user: string): Listener {
    const listener = new Listener(id, user);
    registry.enter(listener as unknown as SseConnection);
    return listener;
  }
  const execute = (command: SseCommand) => commands.execute(command);

  it('reaches the connections of its target, those that are opening too, and no other', async () => {
    const anna = [opened('1', 'anna'), opening('2', 'anna')];
    await execute({ name: 'subscribe', target: { user: 'anna' }, channel: 'news' });
    expect(subscribe.mock.calls).toEqual(anna.map((one) => [one, 'news']));

    await execute({ name: 'send', connection: '2', event: { data: 'x' } });
    await execute({ name: 'disconnect', target: { connection: '1' } });
    expect(anna.map(({ deliver, finish }) => [deliver, finish].map((mock) => mock.mock.calls.length))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    await execute({ name: 'disconnect', target: { token: 'token of user 7' } });
    expect(strangers.filter(({ finish }) => finish.mock.calls.length > 0)).toEqual([strangers[7]]);
    await execute({ name: 'flush', userId: 'anna' });
    expect(flush.mock.calls).toEqual(anna.map((one) => [one]));
  });

  it.each<[string, SseCommand]>([
    ['a user', { name: 'subscribe', target: { user: 'anna' }, channel: 'news' }],
    ['a user of another node', { name: 'subscribe', target: { user: 'nobody' }, channel: 'news' }],
    ['a connection', { name: 'send', connection: '1', event: { data: 'x' } }],
    ['a connection of another node', { name: 'send', connection: 'elsewhere', event: { data: 'x' } }],
  ])('asks nobody else who he is: %s', async (_target, command) => {
    opened('1', 'anna');
    for (const stranger of strangers) stranger.asked = 0;
    await execute(command);
    expect(strangers.filter(({ asked }) => asked > 0)).toHaveLength(0);
  });
});
