/** The topics and keys of one application. All have one hash tag, so that a cluster keeps them on one server. */
export class RedisKeys {
  /** What all names begin with. */
  readonly prefix: string;
  /** The head of the log. */
  readonly head: string;
  private readonly channelTopics: string;

  constructor(name: string) {
    this.prefix = `{${name}}:`;
    this.head = `${this.prefix}head`;
    this.channelTopics = `${this.prefix}channel:`;
  }

  /** Where a channel's messages are published. */
  topicOf(channel: string): string {
    return this.channelTopics + channel;
  }

  /** Where only this node listens: for marks that it sends to itself. */
  topicOfNode(node: string): string {
    return `${this.prefix}node:${node}`;
  }

  /** The channel of a topic; nothing for a topic of another kind. */
  channelOf(topic: string): string | undefined {
    return topic.startsWith(this.channelTopics) ? topic.slice(this.channelTopics.length) : undefined;
  }

  record(key: string): string {
    return `${this.prefix}record:${key}`;
  }
}
