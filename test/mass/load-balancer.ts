/** Sends each new connection to the node that has the fewest, of those that are ready: as one would by a readiness probe. */
export class LoadBalancer {
  private readonly counts = new Map<number, number>();
  private readonly ready = new Set<number>();

  add(port: number): void {
    this.counts.set(port, 0);
    this.ready.add(port);
  }

  /** Those that it has stay. */
  remove(port: number): void {
    this.ready.delete(port);
  }

  /** A port, which has one connection more until it is released; undefined if no node is ready. */
  take(): number | undefined {
    const [port] = [...this.ready].sort((a, b) => this.countOf(a) - this.countOf(b));
    if (port !== undefined) this.counts.set(port, this.countOf(port) + 1);
    return port;
  }

  release(port: number): void {
    this.counts.set(port, this.countOf(port) - 1);
  }

  countOf(port: number): number {
    return this.counts.get(port) ?? 0;
  }
}
