import { readFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';

/** Whose numbers these are: they move from machine to machine, the ratios far less. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  packages: Record<string, string>;
}

const PACKAGES = ['@nestjs/core', 'express', 'better-sse', 'socket.io', 'redis', 'rxjs'];

export function thisMachine(): Machine {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release().split('.', 2).join('.')} ${os.arch()}`,
    node: process.version,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

/** Read from the file, since some packages do not export theirs. */
function versionOf(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
