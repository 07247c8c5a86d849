const KIBI = 1_024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `7`, `1,234`, `56.8K`. */
export function count(number: number): string {
  return Math.abs(number) < 10_000 ? whole.format(number) : compact.format(number);
}

/** All digits of it. */
export function exactly(number: number): string {
  return whole.format(number);
}

/** As a count, but with the tenths of a small one: `0.4`. */
export function rate(number: number): string {
  return Math.abs(number) < 100 ? short.format(number) : count(number);
}

/** `512 B`, `1.5 MiB`. */
export function bytes(number: number): string {
  let unit = 0;
  let amount = number;
  while (Math.abs(amount) >= KIBI && unit < BYTE_UNITS.length - 1) {
    amount /= KIBI;
    unit++;
  }
  return `${Math.abs(amount) < 100 ? short.format(amount) : whole.format(amount)} ${BYTE_UNITS[unit] ?? ''}`;
}

export function percent(number: number): string {
  return `${rate(number)} %`;
}

/** `0.8 ms`, `120 ms`, `1.5 s`: for what usually takes less than a second. */
export function milliseconds(number: number): string {
  return number < SECOND ? `${rate(number)} ms` : duration(number);
}

/** The two largest units of it: `4 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`. */
export function duration(number: number): string {
  if (number < 10 * SECOND) return `${short.format(Math.max(0, number) / SECOND)} s`;
  if (number < MINUTE) return `${Math.floor(number / SECOND)} s`;
  if (number < HOUR) return pair(number, MINUTE, 'min', SECOND, 's');
  if (number < DAY) return pair(number, HOUR, 'h', MINUTE, 'min');
  return pair(number, DAY, 'd', HOUR, 'h');
}

function pair(number: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((number % large) / small);
  return `${Math.floor(number / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`;
}

/** `14:05:09`, of the day of the reader. */
export function clock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB');
}
