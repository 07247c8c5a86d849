import { type DeliveryCounts } from '../load-report.js';

export interface ChannelFaults extends DeliveryCounts {
  name: string;
}

/** The channels with faults, the one that lost most first, and how many more there are than `most`. */
export function worstChannels(
  channels: Record<string, DeliveryCounts>,
  most: number,
): { shown: ChannelFaults[]; others: number } {
  const faulty = Object.entries(channels)
    .map(([name, counts]) => ({ name, ...counts }))
    .filter((counts) => faultsOf(counts) > 0)
    .sort((one, other) => other.lost - one.lost || faultsOf(other) - faultsOf(one));
  return { shown: faulty.slice(0, most), others: Math.max(0, faulty.length - most) };
}

function faultsOf({ lost, duplicated, outOfOrder }: DeliveryCounts): number {
  return lost + duplicated + outOfOrder;
}
