/** A command line that can't be followed. */
export class CommandLineError extends Error {}

/** That a timer can take. */
const LONGEST_SECONDS = 2_000_000;
const SLOWEST_RATE = 0.001;

export function decimal(name: string, text: string, most = Infinity): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > most) {
    const range = most === Infinity ? 'a number from 0' : `a number from 0 to ${most}`;
    throw new CommandLineError(`--${name} ${text}: give ${range}`);
  }
  return value;
}

export function seconds(name: string, text: string): number {
  return decimal(name, text, LONGEST_SECONDS);
}

export function milliseconds(name: string, text: string): number {
  return decimal(name, text, LONGEST_SECONDS * 1_000);
}

/** So many a second. */
export function rate(name: string, text: string): number {
  const value = decimal(name, text, 1_000_000);
  if (value < SLOWEST_RATE) throw new CommandLineError(`--${name} ${text}: give a number from ${SLOWEST_RATE}`);
  return value;
}

export function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new CommandLineError(`--${name} ${text}: give a whole number from 1 to 9999999`);
  return Number(text);
}

/** How many there may be at most. */
export function most(name: string, text: string): number {
  if (text === 'any') return Infinity;
  if (!/^\d{1,12}$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a whole number from 0, or any`);
  return Number(text);
}

export function headers(name: string, lines: readonly string[]): Record<string, string> {
  const all = lines.map((line) => header(name, line));
  const names = all.map(([header]) => header.toLowerCase());
  const again = names.find((header, index) => names.indexOf(header) < index);
  if (again !== undefined) {
    throw new CommandLineError(
      `--${name}: ${again} is there twice. Give one, with all its values and a comma between them`,
    );
  }
  return Object.fromEntries(all);
}

function header(name: string, text: string): [string, string] {
  const match = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(text);
  if (!match) throw new CommandLineError(`--${name} ${JSON.stringify(text)}: give 'Name: value'`);
  return [match[1] ?? '', match[2] ?? ''];
}

export function cookie(text: string): string {
  if (!/^[^=;,\s]+=[^;\r\n]*$/.test(text)) {
    throw new CommandLineError(`--cookie ${JSON.stringify(text)}: give 'name=value', each cookie by itself`);
  }
  return text;
}

export function method(name: string, text: string): string {
  if (!/^[A-Za-z]{1,20}$/.test(text)) throw new CommandLineError(`--${name} ${text}: give a method, such as POST`);
  return text.toUpperCase();
}

export function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new CommandLineError(`--${name} ${text}: give ${choices.join(', ')}`);
  return choice;
}
