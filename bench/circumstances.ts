import { type Machine } from './machine.js';

/** Under which a run was made. */
export interface Circumstances {
  machine: Machine;
  command: string;
  rounds: number;
}

/** What a reader must know before any number, in paragraphs. */
export function circumstances({ machine, command, rounds }: Circumstances): string[] {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return [
    'The same work for this library and for what one would use instead, in one run. Absolute numbers move from machine ' +
      'to machine; the ratios hold.',
    `Made by \`${command}\` on ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, ` +
      `Node ${machine.node}, with ${packages.join(', ')}.`,
    `Every contender is a server in a process of its own, on HTTP/1.1, set up as its documentation asks; the clients ` +
      `are plain sockets in another process. The contenders take their turn in each round; ${rounds === 1 ? 'this is one round' : `each number is the median of ${rounds}`}. An event has about 210 bytes on the wire, with an id and a type.`,
  ];
}
