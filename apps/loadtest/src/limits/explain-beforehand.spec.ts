import { describe, expect, it } from '@jest/globals';
import { explainTooManyStreams } from '../explain-failures.js';
import { explainBeforehand, type PlannedLoad } from './explain-beforehand.js';
import { localPorts } from './local-ports.js';
import { explainOwnDelay } from './own-delay.js';

const MACHINE = { freeMemory: 8 * 2 ** 30, localPorts: 28_232 };

function limits(load: Partial<PlannedLoad>, machine = MACHINE): string {
  const all = { urls: ['http://news.example.com/{n}'], connections: 10, gzip: false, otherSockets: 0, ...load };
  return explainBeforehand(all, machine)
    .filter((line) => !line.includes('ulimit'))
    .join('\n');
}

describe('explainTooManyStreams', () => {
  it('says nothing where the streams fit', () => {
    expect(explainTooManyStreams(1_000, 1_100)).toBeUndefined();
  });

  it('says beforehand how to raise the limit', () => {
    expect(explainTooManyStreams(5_000, 1_024)).toContain('ulimit -n 5100');
  });
});

describe('explainBeforehand', () => {
  it('says nothing where the load fits', () => {
    expect(limits({ connections: 28_000 })).toBe('');
  });

  it('counts the local ports for each server, and knows that the loopback has many addresses', () => {
    expect(limits({ connections: 30_000 })).toContain('30000 streams to news.example.com');
    expect(limits({ connections: 30_000 })).toContain('ip_local_port_range');
    expect(limits({ connections: 30_000, urls: ['http://a.example/', 'http://b.example/'] })).toBe('');
    expect(limits({ connections: 30_000, urls: ['http://a.example/1', 'http://a.example/2'] })).toContain('30000');
    expect(limits({ connections: 30_000, urls: ['http://127.0.0.1:3000/'] })).toBe('');
    expect(limits({ connections: 30_000, urls: ['http://localhost:3000/'] })).toContain('give 127.0.0.1');
  });

  it('says that memory will not do, and what takes it', () => {
    const little = { ...MACHINE, freeMemory: 100 * 2 ** 20 };
    expect(limits({ connections: 10_000 }, little)).toBe('');
    expect(limits({ connections: 10_000, gzip: true }, little)).toMatch(/take about \d+ MB .* leave --gzip out/);
  });
});

describe('localPorts', () => {
  it('reads the range of the system, or takes that of Linux', () => {
    expect(localPorts('1024\t65535\n')).toBe(64_512);
    expect(localPorts('')).toBe(28_232);
  });
});

describe('explainOwnDelay', () => {
  it('blames itself only where it was late, or busy all the time', () => {
    expect(explainOwnDelay({ p99: 12, utilization: 0.5 })).toBeUndefined();
    expect(explainOwnDelay({ p99: 80, utilization: 0.5 })).toContain('late by 80 ms');
    expect(explainOwnDelay({ p99: 80, utilization: 0.5 }, 900)).toBeUndefined();
    expect(explainOwnDelay({ p99: 12, utilization: 0.97 })).toContain('busy 97 %');
  });
});
