import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from './browser/launch-chromium.js';
import { TerminalScreen } from './harness/terminal-screen.js';

const STREAMS = 5;
const CTRL_C = '\u0003';

/** Of util-linux; gives the command a terminal, which Node alone can't. Debian has it in the package bsdutils. */
const SCRIPT = '/usr/bin/script';
const describeWhereTerminalsAre = existsSync(SCRIPT) ? describe : describe.skip;

/** How many pixels of each canvas are not empty. */
const DRAWN = `[...document.querySelectorAll('.plot canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, index) => index % 4 === 3 && value > 0).length;
})`;

describeWhereTerminalsAre('the load tester in a terminal', () => {
  const screen = new TerminalScreen();
  let server: Server;
  let folder: string;
  let tester: ChildProcess;
  let exit: Promise<unknown[]>;
  let seenWhileHolding: string[];

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const send = () => response.write('data: 1\n\n');
      send();
      const timer = setInterval(send, 50);
      response.on('close', () => clearInterval(timer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    folder = await mkdtemp(join(tmpdir(), 'load-views-'));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const main = join(import.meta.dirname, '../apps/loadtest/dist/main.js');
    const command = [
      `stty cols ${screen.columns} rows ${screen.rows};`,
      `exec '${process.execPath}' '${main}' '${url}' --html '${join(folder, 'report.html')}'`,
      `--connections ${STREAMS} --interval 0 --duration 60`,
    ];
    tester = spawn(SCRIPT, ['-qec', command.join(' '), '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', CI: '', NO_COLOR: '' },
    });
    exit = once(tester, 'close');
    tester.stdout?.setEncoding('utf8').on('data', (text: string) => screen.write(text));
    await shown(/open +5 /);
    await shown(/holding +\S+ +[1-9] s of 1 min/);
    seenWhileHolding = [String(screen.cursorIsShown), ...screen.lines];
    tester.stdin?.write(CTRL_C);
    await exit;
  });

  afterAll(async () => {
    tester.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  /** Waits until the screen shows it. */
  async function shown(what: RegExp): Promise<void> {
    while (!screen.lines.some((line) => what.test(line))) {
      if (tester.exitCode !== null) throw new Error(`It ended, and showed:\n${screen.lines.join('\n')}`);
      await Promise.race([once(tester.stdout!, 'data'), exit]);
    }
  }

  it('redraws its numbers in place, with the cursor hidden', () => {
    expect(seenWhileHolding[0]).toBe('false');
    expect(seenWhileHolding.filter((line) => line.startsWith('holding'))).toHaveLength(1);
  });

  it('leaves the report and a clean terminal behind on Ctrl-C', () => {
    expect(screen.cursorIsShown).toBe(true);
    expect(screen.lines.join('\n')).toMatch(/opened +5 +of 5/);
    expect(screen.lines.filter((line) => /^holding|^Ctrl-C/.test(line))).toEqual([]);
  });

  it('writes a page that draws its plots in a browser, and has nothing to complain of', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', ({ message }) => complaints.push(message));
      await page.goto(pathToFileURL(join(folder, 'report.html')).href);
      await page.waitForSelector('.plot canvas');
      const drawn = await page.evaluate<number[]>(DRAWN);
      expect(drawn.length).toBeGreaterThanOrEqual(4);
      expect(Math.min(...drawn)).toBeGreaterThan(500);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
