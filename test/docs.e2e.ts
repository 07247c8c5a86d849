import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SseTestClient } from 'nestjs-event-stream/testing';
import { CANNOT_RUN } from './docs/cannot-run.js';
import { docCommentExamples } from './docs/doc-comments.js';
import { DOCUMENTS, GUIDES } from './docs/documents.js';
import { ExampleServer } from './docs/example-server.js';
import { logContexts } from './docs/log-contexts.js';
import {
  anchors,
  codeBlocks,
  fileNames,
  metricNames,
  relativeLinks,
  ROOT,
  scriptNames,
  strayFences,
  tableAfter,
} from './docs/markdown.js';
import { defaultOf, isStreamOption, moduleOptions, streamOptions } from './docs/options-in-code.js';
import { Project } from './docs/project.js';
import { problemsOfReading } from './docs/read-blocks.js';
import { StageProcess } from './docs/stage-process.js';
import { isMeant, wayOf } from './docs/ways.js';

/** The compiler takes a while on a busy machine. */
const PATIENCE = 120_000;

const blocks = [...DOCUMENTS.flatMap(codeBlocks), ...docCommentExamples()];
const examples = blocks.map((block) => ({ where: `${block.file}:${block.line}`, language: block.language, block }));
let project: Project;
let stage: StageProcess;

beforeAll(async () => {
  project = new Project(blocks);
  project.build();
  stage = await StageProcess.start();
}, PATIENCE);

afterAll(() => stage.end());

describe('an example', () => {
  it.each(examples)(
    'at $where works ($language)',
    async ({ block }) => {
      const way = wayOf(block);
      const problems = [...project.problemsOf(block), ...problemsOfReading(way, block)];
      expect(problems).toEqual([]);
      expect(await stage.run(project.exampleOf(block))).toEqual([]);
    },
    PATIENCE,
  );

  it.each(DOCUMENTS)('of %s that nobody would see as one there is not', (document) => {
    expect(strayFences(document)).toEqual([]);
  });

  it('is left out for a reason only where there still is one', () => {
    const meant = CANNOT_RUN.map((exception) => blocks.filter((block) => isMeant(exception, block)).length);
    expect(meant).toEqual(CANNOT_RUN.map(() => 1));
  });
});

describe('the application of the getting-started guide', () => {
  let server: ExampleServer;

  beforeAll(async () => {
    server = await ExampleServer.start();
  }, PATIENCE);

  afterAll(() => server.end('SIGKILL'));

  it('serves its page', async () => {
    const page = await fetch(server.url);

    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await page.text()).toContain("new EventSource('/news/events')");
  });

  it('streams what is posted, and says farewell when it is told to end', async () => {
    const client = await SseTestClient.open(server.url, '/news/events');
    const posted = await fetch(`${server.url}/news`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"It works"}',
    });

    expect(posted.status).toBe(201);
    const event = await client.next({ type: 'headline' });
    expect(event.json()).toEqual({ title: 'It works' });
    expect(event.id).toMatch(/^[0-9a-f]{12}-1$/);

    // Nest ends the process by the signal itself, once its hooks are done.
    expect(await server.end('SIGTERM')).toEqual([null, 'SIGTERM']);
    expect(await client.untilClosed()).toMatchObject([{ type: 'sse:closing', data: '{"reason":"shutdown"}' }]);
    expect(await client.closed).toBe('ended');
  });
});

describe('the guide to the options', () => {
  const ofModule = tableAfter('docs/options.md', 'options: module');
  const ofStream = tableAfter('docs/options.md', 'options: stream');

  it('names every option of the module, and no other', () => {
    expect(ofModule.map(({ option }) => option).sort()).toEqual(moduleOptions());
  });

  it('names every option of @SseStream(), and no other', () => {
    expect(ofStream.map(({ option }) => option).sort()).toEqual(streamOptions());
  });

  it.each(ofModule)('tells whether a route takes $option', ({ option = '', route }) => {
    expect(route).toBe(isStreamOption(option) ? 'yes' : 'no');
  });

  it.each(ofModule.filter(({ option = '' }) => defaultOf(option) !== undefined))(
    'has the default of $option',
    (row) => {
      expect(row.default).toBe(defaultOf(row.option ?? ''));
    },
  );
});

describe('the guide to monitoring', () => {
  it('has the lines of every part of the library that logs, and no other', () => {
    const documented = tableAfter('docs/monitoring.md', 'log').map(({ context }) => context);
    expect([...new Set(documented)].sort()).toEqual(logContexts());
  });
});

describe('a reader', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const metrics = tableAfter('docs/prometheus.md', 'metrics').map(({ metric }) => metric);

  it.each(GUIDES)('finds the metrics that %s names', (document) => {
    const named = metricNames(document).filter((name) => !metrics.includes(name));
    expect(named).toEqual([]);
  });

  it.each(DOCUMENTS)('finds what %s links to', (document) => {
    const lost = relativeLinks(document).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchors(target).includes(anchor));
    });

    expect(lost).toEqual([]);
  });

  it.each(DOCUMENTS)('finds the npm scripts that %s names', (document) => {
    expect(scriptNames(document).filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(DOCUMENTS)('finds the files that %s names', (document) => {
    const folders = ['', 'libs/sse/src', dirname(document)];
    const lost = fileNames(document).filter((name) => !folders.some((folder) => existsSync(join(ROOT, folder, name))));

    expect(lost).toEqual([]);
  });
});
