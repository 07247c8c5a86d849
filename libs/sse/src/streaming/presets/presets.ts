import { given } from '../../options/resolved-options.js';
import { SseOptionsError } from '../../options/sse-options-error.js';
import { type SseStreamOptions } from '../sse-stream-options.js';
import { AI_SDK } from './ai-sdk.js';
import { OPENAI } from './openai.js';
import { type StreamPreset } from './stream-preset.js';

const PRESETS: Readonly<Record<NonNullable<SseStreamOptions['preset']>, StreamPreset>> = {
  openai: OPENAI,
  'ai-sdk': AI_SDK,
};

/** The preset of a route, if it has one. */
export function presetOf({ preset }: SseStreamOptions): StreamPreset | undefined {
  return preset && PRESETS[preset];
}

/** The options of a route with what its preset brings. */
export function withPreset(options: SseStreamOptions): SseStreamOptions {
  const preset = presetOf(options);
  return preset ? { ...preset.defaults, ...given(options) } : options;
}

/** @throws SseOptionsError for an option that its preset can't keep, though each of them is right by itself */
export function checkPreset(options: SseStreamOptions, prefix: string): void {
  const { preset, format, onComplete, onError, connections, queue, rateLimit } = options;
  if (!preset) return;
  const refuse = (key: string, value: unknown, mend: string) => {
    throw new SseOptionsError(prefix + key, value, `it contradicts preset: '${preset}', ${mend}`);
  };
  if (format === 'json') refuse('format', format, "whose streams are 'raw': remove one of the two");
  if (onComplete === 'end') {
    refuse('onComplete', onComplete, "whose clients know no mark of an end: use 'close' or { event }");
  }
  if (onError) refuse('onError', onError, 'whose clients are told in their own words, and do not come back: remove it');
  if (connections?.refusal === 'retry') {
    refuse('connections.refusal', 'retry', "whose clients go by the status: use 'status'");
  }
  const whole = "whose [DONE] stands for an answer without holes: use '";
  if (queue?.overflow && queue.overflow !== 'disconnect') {
    refuse('queue.overflow', queue.overflow, `${whole}disconnect'`);
  }
  if (rateLimit?.onLimit && rateLimit.onLimit !== 'delay') {
    refuse('rateLimit.onLimit', rateLimit.onLimit, `${whole}delay'`);
  }
}
