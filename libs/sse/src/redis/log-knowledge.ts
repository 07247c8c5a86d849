import { randomBytes } from 'node:crypto';

/** Where the log stands, as a script says it. */
export interface LogState {
  /** Counts the logs: a later one has a higher number. */
  readonly generation: number;
  readonly epoch: string;
  readonly sequence: number;
}

/**
 * The furthest that this node has seen of the log. It goes out with every call: a Redis that has less than that came back
 * with older data, and begins a new log, named as offered here.
 */
export class LogKnowledge {
  private generation = 0;
  private epochSeen = '';
  private sequence = 0;
  /** Numbers go on growing from log to log: whoever begins one must not begin below this. */
  private highest = 0;
  private offered = newEpoch();

  get epoch(): string {
    return this.epochSeen;
  }

  /** What every script is told first. */
  get words(): string[] {
    return [String(this.generation), this.epochSeen, String(this.sequence), String(this.highest), this.offered];
  }

  note({ generation, epoch, sequence }: LogState): void {
    this.highest = Math.max(this.highest, sequence);
    if (generation > this.generation) {
      this.generation = generation;
      this.epochSeen = epoch;
      this.sequence = sequence;
      if (epoch === this.offered) this.offered = newEpoch();
    } else if (epoch === this.epochSeen) {
      this.sequence = Math.max(this.sequence, sequence);
    }
  }
}

/** Random, so that no two nodes ever give one name to two logs. */
function newEpoch(): string {
  return randomBytes(6).toString('hex');
}
