/**
 * The rooms of the library, from the ground up: a room imports from rooms before it, never from one after it.
 * The index and the module tie everything together and may import all.
 */
const ROOMS = [
  'protocol',
  'backplane',
  'options',
  'transport',
  'connections',
  'channels',
  'streaming',
  'security',
  'monitoring',
  'lifecycle',
];
/** Nobody looks at these but the module, not even each other. */
const WATCHERS = ['security', 'monitoring', 'lifecycle'];
const SUB_ENTRIES = ['redis', 'passport', 'terminus', 'prometheus', 'dashboard', 'opentelemetry', 'swagger', 'testing'];
const src = '^libs/sse/src/';
const spec = '[.]spec[.]ts$';

const upwards = ROOMS.map((room, index) => ({
  name: `no-import-from-above-${room}`,
  comment: `${room}/ may import only: ${ROOMS.slice(0, index).join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `${src}${room}/`, pathNot: spec },
  to: {
    path: src,
    pathNot: [room, ...ROOMS.slice(0, index).filter((below) => !WATCHERS.includes(below))].map(
      (allowed) => `${src}${allowed}/`,
    ),
  },
}));

module.exports = {
  forbidden: [
    ...upwards,
    {
      name: 'protocol-is-pure',
      comment: 'protocol/ is pure: no Nest, no RxJS, no I/O',
      severity: 'error',
      from: { path: `${src}protocol/`, pathNot: spec },
      to: { path: ['node_modules', '^(node:)?(net|http|http2|fs|tls)$'] },
    },
    {
      name: 'sub-entries-use-the-public-api',
      comment: 'A sub-entry uses the public API and the backplane port only',
      severity: 'error',
      from: { path: `${src}(${SUB_ENTRIES.join('|')})/`, pathNot: spec },
      to: { path: src, pathNot: [`${src}index[.]ts$`, `${src}backplane/`, `${src}$1/`] },
    },
    {
      name: 'nobody-imports-a-sub-entry',
      severity: 'error',
      from: { path: src, pathNot: [`${src}(${SUB_ENTRIES.join('|')})/`, spec] },
      to: { path: `${src}(${SUB_ENTRIES.join('|')})/` },
    },
    {
      name: 'no-cycles',
      comment: 'Types of one room may speak of each other; code may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
