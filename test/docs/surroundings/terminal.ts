/** Programs that are run as they are: they only look. */
export const PROGRAMS = new Set(
  'awk cat curl cut date do done echo export for grep head kill ls node nstat pgrep redis-cli seq sleep sort ss tail tee time uniq wc'.split(
    ' ',
  ),
);

/** Lines that are not run, since what they start is run elsewhere, and does not end. */
export const SERVERS = /^node dist\/recipes\//;

/** Which application the commands of a document are for, where it is not its own. */
export const APPLICATIONS: Readonly<Record<string, string>> = {
  'docs/recipes.md': 'recipes/notifications/app.module.ts',
};

/** Which program the scripts of a document are for, where it is not the application that the document shows. */
export const SCRIPT_SERVERS: Readonly<Record<string, string>> = {
  'apps/loadtest/README.md': 'apps/chat/dist/main.js',
};

/** What a script gets to read: the load tester tells it the number of a stream. */
export const INPUT = '0\n';

/** Stand before the real programs: all of them end, and meet the test's own application and Redis. */
export const SHIMS: Readonly<Record<string, string>> = {
  curl: `exec /usr/bin/curl "$@" --connect-to "::127.0.0.1:$PORT_OF_THE_APPLICATION" --max-time 10 \\
    --write-out '%{stderr}\\ncurl: answered %{http_code} %{url_effective}\\n'`,
  'redis-cli': 'exec /usr/bin/redis-cli -p "$PORT_OF_REDIS" "$@"',
  pgrep: 'echo "$PID"',
  sleep: 'exit 0',
};

/** What the documents take for granted to be there: a program, and the profile of one. */
export const FILES: Readonly<Record<string, string>> = {
  'dist/main.js': `if (process.argv[2] === 'serve') setInterval(() => {}, 1_000);\n`,
  'profiles/a.cpuprofile': JSON.stringify({
    nodes: [{ id: 1, callFrame: { functionName: 'block', url: 'dist/app.js' } }],
    samples: [1],
    timeDeltas: [897_000],
  }),
};
