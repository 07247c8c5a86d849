import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** A network of its own, with a loopback that can be cut: whoever talks over it vanishes without a word. */
export class NetworkNamespace {
  private readonly name = `sse-${randomUUID().slice(0, 8)}`;

  /** Whether this machine lets us make one: Linux, root, and iproute2. */
  static get isPossible(): boolean {
    try {
      new NetworkNamespace().remove();
      return true;
    } catch {
      return false;
    }
  }

  constructor() {
    ip('netns', 'add', this.name);
    this.loopback('up');
  }

  /** What starts a process inside. */
  get launcher(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** From here no packet arrives any more, and nobody is told. */
  cut(): void {
    this.loopback('down');
  }

  remove(): void {
    ip('netns', 'delete', this.name);
  }

  private loopback(state: 'up' | 'down'): void {
    ip('-netns', this.name, 'link', 'set', 'lo', state);
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
