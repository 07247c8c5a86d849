import { Injectable } from '@nestjs/common';
import { type CompressionSettings } from '../../options/resolved-options.js';
import { Compression } from './compression.js';
import { CompressionTraffic } from './compression-traffic.js';

/** One {@link Compression} for all routes with the same settings: an event that goes to several of them is compressed once. */
@Injectable()
export class Compressions {
  readonly traffic = new CompressionTraffic();
  private readonly bySettings = new Map<string, Compression>();

  of(settings: CompressionSettings | null): Compression | undefined {
    if (!settings) return undefined;
    const { encodings, level, minBytes } = settings;
    const key = JSON.stringify([encodings, level, minBytes]);
    let compression = this.bySettings.get(key);
    if (!compression) this.bySettings.set(key, (compression = new Compression(settings, this.traffic)));
    return compression;
  }
}
