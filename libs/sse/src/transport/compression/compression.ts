import Negotiator from 'negotiator';
import { type CompressionSettings } from '../../options/resolved-options.js';
import { type CompressionTraffic } from './compression-traffic.js';
import { type ContentCoding, type EncodingName } from './content-coding.js';
import { GzipCoding } from './gzip-coding.js';
import { ZstdCoding } from './zstd-coding.js';

/** The compression of some routes: which encodings they offer, and what makes them. */
export class Compression {
  private readonly codings: readonly ContentCoding[];

  constructor(settings: Omit<CompressionSettings, 'window'>, traffic: CompressionTraffic) {
    const offered = settings.encodings.filter((name) => name !== 'zstd' || ZstdCoding.isAvailable);
    this.codings = offered.map((name) => codingOf(name, settings, traffic));
  }

  /** What the client prefers of what is offered, or nothing if that is plain text. Among equals, the first that is offered. */
  negotiate(acceptEncoding: string | undefined): ContentCoding | undefined {
    const offered = this.codings.map(({ encoding }) => encoding);
    const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
    const [preferred] = negotiator.encodings([...offered, 'identity'], offered);
    return this.codings.find(({ encoding }) => encoding === preferred);
  }
}

function codingOf(
  name: EncodingName,
  { level, minBytes }: Omit<CompressionSettings, 'window'>,
  traffic: CompressionTraffic,
): ContentCoding {
  return name === 'gzip' ? new GzipCoding(level, minBytes, traffic) : new ZstdCoding(minBytes, traffic);
}
