import { type Locator, type Page } from 'playwright-core';

/** Looks for the pixels of a plot's first line by their colour in the light look, #4f46e5. */
const HEIGHT_OF_LINE = `(title) => {
  const plots = [...document.querySelectorAll('.plot')];
  const canvas = plots.find((plot) => plot.querySelector('h3').textContent === title).querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const found = [];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 79 && data[at + 1] === 70 && data[at + 2] === 229 && data[at + 3] === 255) found.push(at);
  }
  return (found.at(-1) - found[0]) / data.length;
}`;

/** What the page asks for to show the nodes. */
const NODES = '**/nodes?*';

/** What is summed up of a node. */
interface NodeCounts {
  connections: number;
  sent: number;
  published: number;
}

/** One tab in which somebody looks at the dashboard. */
export class DashboardTab {
  /** What must never happen on the page: uncaught errors, and anything that the content security policy stopped. */
  readonly faults: string[] = [];
  /** Everything that the page has asked for. */
  readonly requested: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) this.faults.push(message.text());
    });
    page.on('request', (request) => this.requested.push(request.url()));
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    await this.link('Live').waitFor();
    return this;
  }

  /** How the page says that it learns what it shows. */
  link(state: 'Live' | 'Asking' | 'Disconnected' | 'Refused'): Locator {
    return this.page.locator('#link').getByText(state, { exact: true });
  }

  plot(title: string): Locator {
    return this.page.locator('.plot').filter({ has: this.page.getByRole('heading', { name: title }) });
  }

  /** Waits until a line of a plot has such a value now. */
  async untilValue(title: string, line: string, fits: (value: string) => boolean): Promise<void> {
    const value = this.plot(title).locator('dl div').filter({ hasText: line }).locator('dd');
    while (!fits(await value.innerText())) await this.page.waitForTimeout(50);
  }

  /** Waits until the server has told something new. */
  async nextLook(): Promise<void> {
    const uptime = this.page.locator('#uptime');
    const before = await uptime.innerText();
    while ((await uptime.innerText()) === before) await this.page.waitForTimeout(50);
  }

  /** From where to where the first line of a plot goes, as a part of the height of the drawing, by its pixels. */
  async heightOf(title: string): Promise<number> {
    return this.page.evaluate<number>(`(${HEIGHT_OF_LINE})(${JSON.stringify(title)})`);
  }

  /** The rows of the table that is in sight, by the texts of their first cells. */
  async names(): Promise<string[]> {
    return this.page.locator('tbody:visible th > :first-child').allInnerTexts();
  }

  async untilNames(names: readonly string[]): Promise<void> {
    const wanted = JSON.stringify(names);
    while (JSON.stringify(await this.names()) !== wanted) await this.page.waitForTimeout(50);
  }

  async sortBy(title: string): Promise<void> {
    await this.page.getByRole('columnheader', { name: title }).getByRole('button').click();
  }

  /** Answers in the server's place, with nodes that no test has the time to start. Without any it answers itself again. */
  async answerNodes(rows?: readonly NodeCounts[], away?: string): Promise<void> {
    await this.page.unroute(NODES);
    if (!rows) return;
    const sum = (valueOf: (row: NodeCounts) => number) => rows.reduce((total, row) => total + valueOf(row), 0);
    const totals = {
      connections: sum(({ connections }) => connections),
      sent: sum(({ sent }) => sent),
      published: sum(({ published }) => published),
    };
    const json = { total: rows.length, matching: rows.length, page: 0, pages: 1, rows, totals, away };
    await this.page.route(NODES, (route) => route.fulfill({ json }));
  }

  async filter(text: string): Promise<void> {
    await this.page.locator('input[type=search]:visible').fill(text);
  }

  async lookInto(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Look into the connection of ${name}`, exact: true }).click();
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Words that the page says aloud about how many rows there are. */
  get summary(): Locator {
    return this.page.locator('.summary:visible');
  }
}
