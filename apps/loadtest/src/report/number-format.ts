const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** All digits of it: `12,000`. */
export function count(number: number): string {
  return whole.format(number);
}

/** As a count, but with the tenths of a small one: `0.4`, `1,200`. */
export function rate(number: number): string {
  return number < 100 ? short.format(number) : whole.format(number);
}

/** In powers of 1,000, as networks are measured: `512 B`, `2.5 MB`. */
export function bytes(number: number): string {
  let unit = 0;
  let amount = number;
  while (amount >= 999.5 && unit < BYTE_UNITS.length - 1) {
    amount /= 1_000;
    unit++;
  }
  return `${amount < 100 ? short.format(amount) : whole.format(amount)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** `0.85`, `4.5`, `120`, `12,000`: the number of ms alone, for a table whose head names the unit. */
export function plainMilliseconds(number: number): string {
  if (number < 10) return fine.format(number);
  return rate(number);
}

/** `0.85 ms`, `120 ms`, `1.5 s`. */
export function milliseconds(number: number): string {
  return number < 1_000 ? `${plainMilliseconds(number)} ms` : `${fine.format(number / 1_000)} s`;
}

/** `9 s`, `2 min 5 s`, `3 h 10 min`. */
export function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3_600) return pair(Math.floor(rounded / 60), 'min', rounded % 60, 's');
  return pair(Math.floor(rounded / 3_600), 'h', Math.floor((rounded % 3_600) / 60), 'min');
}

/** `1 stream`, `2 streams`, `1,200 streams`. */
export function counted(number: number, one: string): string {
  return `${count(number)} ${one}${number === 1 ? '' : 's'}`;
}

function pair(large: number, largeName: string, small: number, smallName: string): string {
  return small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`;
}
