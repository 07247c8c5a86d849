/** The channel that a stream, or an event to publish, belongs to: they take turns. */
export function channelName(index: number, channels: number): string {
  return `load-${index % channels}`;
}
