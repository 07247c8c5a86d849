import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from '../../browser/launch-chromium.js';
import { type Example } from '../example.js';
import { ARGUMENT, EVENTS, PAGE, RESET } from '../surroundings/page.js';
import { visitor } from '../surroundings/visitor.js';
import { type ExampleApplication } from './example-application.js';
import { applicationOf } from './run-module.js';

let browser: Promise<Browser> | undefined;

/** Runs page code on a page of the document's application, and has its listeners hear an event of each type. */
export async function runPageCode(example: Example): Promise<void> {
  await onPage(example, async (page, app) => {
    await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(`${app.url}/blank`);
    await page.evaluate(PAGE);
    const functions = [...example.code.matchAll(/^(?:async )?function (\w+)/gm)].map(([, name = '']) => name);
    const calls = functions.map((name) => `await ${name}(${JSON.stringify(ARGUMENT)});`).join(' ');
    await page.evaluate(`(async () => {\n${example.code}\n${calls} })()`);
    await page.waitForFunction('opened.every(({ readyState }) => readyState === 1)', undefined, { polling: 10 });
    await hearAll(page);
  });
}

/** Opens a page of the document's application. */
export async function runPage(example: Example): Promise<void> {
  await onPage(example, async (page, app) => {
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    await page.addInitScript(PAGE.replace(/window\.source = .*/, ''));
    const isServed = example.name !== undefined;
    if (!isServed)
      await page.route('**/blank', (route) => route.fulfill({ contentType: 'text/html', body: example.code }));
    await page.goto(`${app.url}/${isServed ? 'index.html' : 'blank'}`);
    await page.waitForFunction('opened.every(({ readyState }) => readyState === 1)', undefined, { polling: 10 });
    await hearAll(page);
  });
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}

async function hearAll(page: Page): Promise<void> {
  for (const [type, data] of Object.entries(EVENTS)) {
    const init = JSON.stringify({ data: JSON.stringify(data), lastEventId: 'an-id-1' });
    await page.evaluate(`opened.forEach((one) => one.dispatchEvent(new MessageEvent('${type}', ${init})))`);
  }
  await page.evaluate(`opened.forEach((one) => (one.close(), one.dispatchEvent(new Event('error'))))`);
  // The last, since a page may load itself again upon it, which ends this evaluation.
  const reset = JSON.stringify({ data: JSON.stringify(RESET) });
  await page
    .evaluate(`opened.forEach((one) => one.dispatchEvent(new MessageEvent('sse:reset', ${reset})))`)
    .catch((error: unknown) => {
      if (!String(error).includes('navigation')) throw error;
    });
  await page.waitForLoadState();
}

async function onPage(example: Example, use: (page: Page, app: ExampleApplication) => Promise<void>): Promise<void> {
  const app = await applicationOf(example);
  browser ??= launchChromium();
  const page = await (await browser).newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
  page.setDefaultTimeout(10_000);
  try {
    await page.context().addCookies([{ name: 'token', value: visitor.token, url: app.url }]);
    await use(page, app);
  } finally {
    await page.close();
    await app.close();
  }
  if (errors.length > 0) throw new Error(`In the browser: ${errors.join('\n')}`);
}
