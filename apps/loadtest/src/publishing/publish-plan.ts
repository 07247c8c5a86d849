/** What `--publish` drives. */
export interface PublishPlan {
  /** May hold `{channel}`. */
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  /** May hold `{channel}`, `{seq}` and `{at}`. */
  body: string;
  /** Requests a second. */
  rate: number;
  /** Channels take turns. */
  channels: number;
  /** Requests under way at once. */
  concurrency: number;
  /** One request of a channel at a time: two under way may overtake each other, and nobody could be blamed for the order. */
  inOrder: boolean;
}

/** The format that `--verify` reads. */
export const STAMPED_BODY = '{"channel":"{channel}","seq":{seq},"at":{at}}';
