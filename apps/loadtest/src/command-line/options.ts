/** An option of the command line: its name, what stands behind it, its default, what it does. */
export interface Option {
  name: string;
  /** What its value is; a switch has none. */
  value?: string;
  default?: string;
  help: string;
  isRepeated?: true;
}

/** All options, in the order in which one meets them. */
export const OPTIONS = [
  { name: 'connections', value: 'N', default: '1000', help: 'how many streams' },
  {
    name: 'interval',
    value: 'MS',
    help: 'from the opening of one to that of the next; 0: as fast as the server answers (10)',
  },
  { name: 'rate', value: 'N', help: 'openings a second, in place of --interval' },
  { name: 'concurrency', value: 'N', default: '64', help: 'how many are being opened at once where the interval is 0' },
  { name: 'duration', value: 'S', default: '30', help: 'how long they are held once all were opened, in seconds' },
  { name: 'timeout', value: 'S', default: '30', help: 'how long a server may take to answer, in seconds' },
  { name: 'no-reconnect', help: 'a stream that is gone does not come back' },
  {
    name: 'cut',
    value: 'HOW',
    default: 'destroy',
    help: 'destroy, reset or end: closed at once, by a RST, or with a goodbye',
  },

  { name: 'method', value: 'METHOD', default: 'GET', help: 'of the request' },
  { name: 'header', value: "'N: V'", isRepeated: true, help: 'a header of the request' },
  { name: 'cookie', value: "'N=V'", isRepeated: true, help: 'a cookie of the request' },
  { name: 'body', value: 'TEXT', help: 'the body of the request' },
  { name: 'token-command', value: 'CMD', help: 'a command that is run for each stream and prints its token' },
  {
    name: 'tokens-from',
    value: 'CMD',
    help: 'a command that is run once and prints a token on a line for each stream',
  },
  { name: 'as-browser', help: "comes as a browser's EventSource does" },
  { name: 'gzip', help: 'asks for gzip' },

  { name: 'verify', help: 'events carry a sequence and a time: looks for lost, duplicated, late ones' },
  {
    name: 'settle',
    value: 'S',
    default: '1',
    help: 'how long after the end the last events may take to arrive, in seconds',
  },
  { name: 'publish', value: 'URL', help: 'asks this URL at a steady rate, once all streams were opened' },
  { name: 'publish-rate', value: 'N', default: '100', help: 'requests a second' },
  { name: 'publish-method', value: 'METHOD', default: 'POST', help: 'of these requests' },
  { name: 'publish-header', value: "'N: V'", isRepeated: true, help: 'a header of these requests' },
  { name: 'publish-body', value: 'TEXT', help: 'their body, with {channel}, {seq} and {at} (what --verify reads)' },
  { name: 'publish-channels', value: 'N', default: '1', help: 'how many channels take turns: load-0, load-1, …' },
  { name: 'publish-concurrency', value: 'N', default: '64', help: 'how many may be under way at once' },

  { name: 'json', value: 'FILE', help: 'writes the report' },
  { name: 'html', value: 'FILE', help: 'writes the report as a page with plots' },
  { name: 'max-refused', value: 'N', default: '0', help: 'more streams refused: exit code 1; any: do not judge' },
  { name: 'max-failed', value: 'N', default: '0', help: 'the same for streams that failed' },
  { name: 'max-dropped', value: 'N', default: '0', help: 'the same for streams that were dropped' },
  { name: 'max-ended', value: 'N', default: '0', help: 'the same for streams that the server ended' },
  {
    name: 'max-silent',
    value: 'N',
    help: 'the same for open streams that got no event that could be verified, with --verify (0)',
  },
  { name: 'max-lost', value: 'N', help: 'the same for lost events, with --verify (0)' },
  { name: 'max-duplicated', value: 'N', help: 'the same for events that came twice, with --verify (0)' },
  { name: 'max-out-of-order', value: 'N', help: 'the same for events out of order, with --verify (0)' },
  { name: 'max-publish-failed', value: 'N', help: 'the same for requests to --publish (0)' },
  { name: 'max-p50', value: 'MS', help: 'half of the events took longer: exit code 1; with --verify' },
  { name: 'max-p90', value: 'MS', help: 'the same for the 90th percentile' },
  { name: 'max-p95', value: 'MS', help: 'the same for the 95th percentile' },
  { name: 'max-p99', value: 'MS', help: 'the same for the 99th percentile' },
  { name: 'max-p999', value: 'MS', help: 'the same for the 99.9th percentile' },
  { name: 'max-latency', value: 'MS', help: 'the same for the slowest event' },
  { name: 'help', help: 'prints this list' },
] as const satisfies readonly Option[];

const WIDTH = 26;

export const USAGE = `Opens many event streams, holds them, counts what comes, and cuts them.

  sse-loadtest URL … [options]

${(OPTIONS as readonly Option[]).map(line).join('\n')}

URL, headers, cookies and body may hold {n}, the number of the stream, {token} and {channel}.
Exit code: 0 when all thresholds were kept, 1 when one was not, 2 when the command is wrong.`;

function line({ name, value, default: otherwise, help, isRepeated }: Option): string {
  const left = `  --${name}${value === undefined ? '' : ` ${value}`}`;
  return `${left.padEnd(WIDTH)} ${help}${isRepeated ? '; may be given several times' : ''}${otherwise === undefined ? '' : ` (${otherwise})`}`;
}
