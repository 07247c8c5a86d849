import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from '../browser/launch-chromium.js';
import { type Got, type Listener, type StreamClient, TYPES } from './stream-client.js';

const LISTEN = `([url, types]) => {
  window.source?.close();
  const source = (window.source = new EventSource(url));
  for (const type of types) {
    source.addEventListener(type, ({ data, lastEventId }) => window.got({ type, data, id: lastEventId }));
  }
  source.onerror = () => source.readyState === EventSource.CLOSED && window.gaveUp();
}`;

/** The EventSource of a browser. */
export class Chromium implements StreamClient {
  private browser: Browser | undefined;
  private page: Page | undefined;
  private listener: Listener | undefined;

  async open(url: string, listener: Listener): Promise<void> {
    this.listener = listener;
    const page = (this.page ??= await this.newPage());
    // Any page of the same origin.
    await page.goto(new URL('/before/plain', url).href);
    await page.evaluate(`(${LISTEN})(${JSON.stringify([url, TYPES])})`);
  }

  async close(): Promise<void> {
    await this.page?.goto('about:blank');
  }

  async end(): Promise<void> {
    await this.browser?.close();
  }

  private async newPage(): Promise<Page> {
    this.browser = await launchChromium();
    const page = await this.browser.newPage();
    await page.exposeFunction('got', (event: Got) => this.listener?.got(event));
    await page.exposeFunction('gaveUp', () => this.listener?.gaveUp());
    return page;
  }
}
