import { type Buffer } from 'node:buffer';
import { Piece } from './piece.js';

/** What the way of a frame through the queues depends on, beside its bytes. */
export interface FrameTraits {
  /** The client's cursor once it has this frame. */
  readonly id?: string;
  /** The event's type: what the overflow policy `conflate` goes by where there is no key. */
  readonly type?: string;
  /** A newer frame of the same key replaces the waiting one. */
  readonly key?: string;
  /** Its number in the log of recorded events, if it is one or stands for one. */
  readonly sequence?: number;
  /** It stands for a recorded event on streams that have other ids. */
  readonly isCopy?: boolean;
  /** This library's own word to the client, such as a heartbeat: no limit on what an application sends counts it. */
  readonly isControl?: boolean;
  /** From then on, by the monotonic clock, it is not to be sent any more. */
  readonly expires?: number;
  /** When it was published, by the monotonic clock. */
  readonly publishedAt?: number;
  /** What is shed first, and what is flushed at once. */
  readonly priority?: FramePriority;
  /** It has nothing to say: that it comes is all. A compressed stream sends something shorter in its place. */
  readonly isSignOfLife?: boolean;
}

export type FramePriority = 'low' | 'normal' | 'critical';

/** The plain output of a channel on this node, in which each of its events has its place. */
export interface FrameRun {
  /** So many bytes of it that end at this offset, if they are still to be had. */
  before(offset: number, length: number): Buffer | undefined;
}

/**
 * One event, encoded once however many connections receive it; and compressed once, for each encoding that somebody asks
 * for.
 */
export class Frame extends Piece {
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly key: string | undefined;
  /** 0 for what is not recorded: heartbeats, ephemeral events, whatever a source yields. */
  readonly sequence: number;
  /** `Infinity` for what does not expire. */
  readonly expires: number;
  /** 0 for what nobody published, such as a heartbeat. */
  readonly publishedAt: number;
  readonly priority: FramePriority;
  readonly isCopy: boolean;
  readonly isSignOfLife: boolean;
  readonly isControl: boolean;
  /** In how many queues it waits: the memory of a shared frame counts once. Kept by the queues' budget. */
  waiting = 0;
  /** Of an event that others may be compressed against: the output that it is part of, and where it begins there. */
  run: FrameRun | undefined;
  offset = 0;
  /** The same in other encodings, by who made them. Few, so a list is looked through faster than a map. */
  private renditions: { readonly by: object; readonly piece: Piece }[] | undefined;

  constructor(block: string, traits: FrameTraits = {}) {
    super(block);
    this.id = traits.id;
    this.type = traits.type;
    this.key = traits.key;
    this.sequence = traits.sequence ?? 0;
    this.expires = traits.expires ?? Infinity;
    this.publishedAt = traits.publishedAt ?? 0;
    this.priority = traits.priority ?? 'normal';
    this.isCopy = traits.isCopy ?? false;
    this.isSignOfLife = traits.isSignOfLife ?? false;
    this.isControl = traits.isControl ?? false;
  }

  /** What was made of it before. */
  rendition(by: object): Piece | undefined {
    const { renditions } = this;
    if (!renditions) return undefined;
    for (let index = 0; index < renditions.length; index++) {
      const rendition = renditions[index];
      if (rendition?.by === by) return rendition.piece;
    }
    return undefined;
  }

  /** Keeps what was made of it for all others who ask. */
  keepRendition(by: object, piece: Piece): Piece {
    (this.renditions ??= []).push({ by, piece });
    return piece;
  }
}
