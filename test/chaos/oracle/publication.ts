/** One event that was handed to the application to be published, and what became of that. */
export interface Publication {
  /** Stands in the event's data, by which it is known wherever it turns up. */
  readonly token: number;
  /** What it is, for whoever reads what is wrong with it. */
  readonly kind?: string;
  /** The channel whose listeners are to get it; `$all` and `$user.<id>` for audiences. */
  readonly channel: string;
  /** Users who are not to get it. */
  readonly except?: readonly string[];
  /** Without an id, and never promised. */
  readonly ephemeral?: boolean;
  /** It waits for its user: it is promised until one of his clients has it, and may come again over another connection. */
  readonly queued?: boolean;
  /** May be left out for a newer one of the same key and channel. */
  readonly key?: string;
  /** May be left out when its time is over, or under pressure. */
  readonly replaceable?: boolean;
  /** The last one of its channel, after all faults: whoever has it has everything, or was told. */
  readonly marker?: boolean;
  /** Milliseconds on the test's own clock. */
  readonly sentAt: number;
  /** When the application said that it was published, and under which id. Without these the outcome is unknown. */
  answeredAt?: number;
  id?: string;
}

export function isExcluded({ except }: Publication, user: string): boolean {
  return except?.includes(user) ?? false;
}
