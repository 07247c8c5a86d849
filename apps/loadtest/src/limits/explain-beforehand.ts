import { freemem } from 'node:os';
import process from 'node:process';
import { explainTooManyStreams } from '../explain-failures.js';
import { hasManyAddresses } from '../opening/local-address.js';
import { localPorts } from './local-ports.js';

/** What one stream takes in this process, in KB, measured with 10,000 of them: see the README. */
const KB_PLAIN = 8;
const KB_TLS = 60;
const KB_GZIP = 60;

export interface PlannedLoad {
  urls: readonly string[];
  connections: number;
  gzip: boolean;
  /** Sockets beside the streams. */
  otherSockets: number;
}

export interface Machine {
  /** Bytes. */
  freeMemory: number;
  localPorts: number;
}

/** What will keep this load from being opened, and how to mend it; one line each, nothing where it fits. */
export function explainBeforehand(load: PlannedLoad, machine: Machine = thisMachine()): string[] {
  const { connections, otherSockets } = load;
  return [
    explainTooManyStreams(connections + otherSockets),
    explainTooFewPorts(load, machine.localPorts),
    explainTooLittleMemory(load, machine.freeMemory),
  ].filter((line) => line !== undefined);
}

/** Ports are counted for each address of a server, not for this machine as a whole. */
function explainTooFewPorts({ urls, connections }: PlannedLoad, ports: number): string | undefined {
  const hosts = new Map<string, number>();
  const share = connections / urls.length;
  for (const url of urls) {
    const { host, hostname } = new URL(url.replace(/\{\w+\}/g, '0'));
    if (!hasManyAddresses(hostname)) hosts.set(host, (hosts.get(host) ?? 0) + share);
  }
  const [host, streams] = [...hosts].sort(([, one], [, other]) => other - one)[0] ?? ['', 0];
  if (streams <= ports) return undefined;
  const ownMachine = /^(localhost|\[::1\])(:|$)/.test(host)
    ? ' Or give 127.0.0.1: to that it comes from others, too.'
    : '';
  return (
    `${Math.ceil(streams)} streams to ${host} need as many local ports, and this address has ${ports}. ` +
    `Widen the range: sysctl -w net.ipv4.ip_local_port_range="1024 65535". Or give several addresses of the server.` +
    ownMachine
  );
}

function explainTooLittleMemory({ urls, connections, gzip }: PlannedLoad, free: number): string | undefined {
  const isSecure = urls.some((url) => url.startsWith('https:'));
  const each = KB_PLAIN + (gzip ? KB_GZIP : 0) + (isSecure ? KB_TLS : 0);
  const needed = connections * each * 1024;
  if (needed <= free) return undefined;
  return (
    `${connections} streams take about ${megabytes(needed)} MB in this process, and ${megabytes(free)} MB are free. ` +
    `Spread them over several machines${gzip ? ', or leave --gzip out' : ''}.`
  );
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** A container may have less than its machine. */
function thisMachine(): Machine {
  const constrained = process.constrainedMemory();
  const left = constrained > 0 ? constrained - process.memoryUsage.rss() : Infinity;
  return { freeMemory: Math.max(0, Math.min(freemem(), left)), localPorts: localPorts() };
}
