/** Headers by their names in lower case, without those that the test has left out. */
export function requestHeaders(
  own: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  contentType: string | undefined,
): Record<string, string | string[]> {
  const all: typeof own = {
    accept: 'text/event-stream',
    'cache-control': 'no-cache',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])),
  };
  const said = Object.entries(all).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return Object.fromEntries(said);
}
