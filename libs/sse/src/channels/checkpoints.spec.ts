import { describe, expect, it } from '@jest/globals';
import { resolveOptions } from '../options/check-options.js';
import { Checkpoints } from './checkpoints.js';
import { resetFrame } from './reset.js';

const at = (sequence: number) => ({ epoch: 'e', sequence });

describe('Checkpoints', () => {
  it('are blocks with nothing but an id, and one for all who stand at the same place', () => {
    const checkpoints = new Checkpoints(resolveOptions());
    const frame = checkpoints.at(at(7));
    expect(frame.payload.toString()).toBe('id: e-7\n\n');
    expect([frame.id, frame.sequence]).toEqual(['e-7', 7]);
    expect(checkpoints.at(at(7))).toBe(frame);
    expect(checkpoints.at(at(8))).not.toBe(frame);
  });

  it('are events for clients that ignore a block without data', () => {
    const checkpoints = new Checkpoints(resolveOptions({ checkpoint: 'event' }));
    expect(checkpoints.at(at(7)).payload.toString()).toBe('id: e-7\nevent: sse:cursor\ndata: {"id":"e-7"}\n\n');
    expect(checkpoints.opening(at(7), 3_000).payload.toString()).toBe(
      'retry: 3000\n\nid: e-7\nevent: sse:cursor\ndata: {"id":"e-7"}\n\n',
    );
  });

  it('open a stream behind its reconnection time: one for all who open at the same place with the same time', () => {
    const checkpoints = new Checkpoints(resolveOptions());
    const frame = checkpoints.opening(at(0), 3_000);
    expect(frame.payload.toString()).toBe('retry: 3000\n\nid: e-0\n\n');
    expect(checkpoints.opening(at(0), 3_000)).toBe(frame);
    expect(checkpoints.opening(at(0), 100).payload.toString()).toContain('retry: 100\n');
    expect(checkpoints.opening(at(1), 3_000).id).toBe('e-1');
  });
});

describe('a reset', () => {
  it('names the reason and the channels, and with its id where the stream goes on', () => {
    const frame = resetFrame('history', ['a', 'b"\n'], at(7));
    expect(frame.payload.toString()).toBe(
      'id: e-7\nevent: sse:reset\ndata: {"reason":"history","channels":["a","b\\"\\n"]}\n\n',
    );
  });

  it('has no id where something else comes first that is not to be missed', () => {
    expect(resetFrame('epoch', ['a'], undefined).payload.toString()).not.toContain('id:');
  });

  it('is no recorded event, which a client that falls behind would be given from the history', () => {
    const { sequence, priority } = resetFrame('history', ['a'], at(7));
    expect([sequence, priority]).toEqual([0, 'critical']);
  });
});
