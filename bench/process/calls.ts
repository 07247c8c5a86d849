/** What one process may ask of another: by the name of each command, what it takes and what it gives. */
export type Commands<C> = { [K in keyof C]: { takes: unknown; gives: unknown } };

export interface Call {
  id: number;
  command: string;
  argument: unknown;
}

export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}
