import { type Contender, type ContenderId } from '../contenders.js';

export const workIds = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P10', 'P11'] as const;
export type WorkId = (typeof workIds)[number];

export interface Metric {
  /** Under which a sample holds it. */
  key: string;
  title: string;
  /** Decimal places that mean something. */
  digits: number;
  /** Drawn on the page, besides the first. */
  drawn?: true;
  moreIsBetter?: true;
}

/** What one round of one contender gave, by the keys of the metrics. */
export type Sample = Record<string, number>;

/** The same task for each of its contenders. */
export interface Work {
  id: WorkId;
  title: string;
  /** How it is measured, for the document. */
  how: string;
  connections: number;
  /** How long a round of one contender takes, about. */
  seconds: number;
  contenders: readonly ContenderId[];
  /** The first is the one that the targets look at, unless they say otherwise. */
  metrics: readonly Metric[];
  measure(contender: Contender, connections: number): Promise<Sample>;
  /** What does not depend on the mood of the machine, and is measured in the first round alone. */
  measureOnce?(contender: Contender): Promise<Sample>;
}
