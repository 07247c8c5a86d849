import { type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { launchChromium } from './launch-chromium.js';

/**
 * Browsers of people: each has cookies and connections of its own. One that a test has used is emptied and given to the next,
 * as good as new: to open a window takes longer than to load the page.
 */
export class BrowserPool {
  private readonly idle = new Map<string, BrowserContext[]>();
  private readonly inUse = new Map<BrowserContext, string>();
  private readonly blankPages = new Set<Page>();

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<BrowserPool> {
    const browser = await launchChromium();
    return new BrowserPool(browser);
  }

  async take(options: BrowserContextOptions): Promise<BrowserContext> {
    const key = JSON.stringify(options);
    const context = this.idle.get(key)?.pop() ?? (await this.browser.newContext(options));
    this.inUse.set(context, key);
    context.setDefaultTimeout(15_000);
    return context;
  }

  /** One that shows nothing yet. */
  async newPage(context: BrowserContext): Promise<Page> {
    return context.pages().find((page) => this.blankPages.delete(page)) ?? context.newPage();
  }

  /** Ends what all of them have open, and takes them back. */
  async empty(): Promise<void> {
    await Promise.all([...this.inUse].map(([context, key]) => this.takeBack(context, key)));
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  private async takeBack(context: BrowserContext, key: string): Promise<void> {
    this.inUse.delete(context);
    try {
      await this.forget(context);
    } catch {
      // It shows something that can't be left, such as the error page of a server that is gone.
      await context.close();
      return;
    }
    this.idle.set(key, [...(this.idle.get(key) ?? []), context]);
  }

  private async forget(context: BrowserContext): Promise<void> {
    const [kept, ...others] = context.pages();
    await Promise.all(others.map((page) => page.close()));
    if (kept) {
      await kept.unrouteAll({ behavior: 'ignoreErrors' });
      await kept.emulateMedia({ colorScheme: null });
      await kept.evaluate('localStorage.clear(); sessionStorage.clear();');
      await kept.goto('about:blank');
      this.blankPages.add(kept);
    }
    await context.clearCookies();
  }
}
