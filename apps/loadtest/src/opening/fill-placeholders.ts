/** What stands for `{n}`, `{channel}`, … in a text of the command line. */
export type Placeholders = Readonly<Record<string, string>>;

/** Replaces each `{name}` that has a value; other braces, such as those of JSON, stay. */
export function fillPlaceholders(
  text: string,
  values: Placeholders,
  encode: (value: string) => string = (value) => value,
): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : encode(value);
  });
}

export function hasPlaceholder(text: string): boolean {
  return /\{(n|token|channel)\}/.test(text);
}
