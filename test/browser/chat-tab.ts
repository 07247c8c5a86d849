import { type Locator, type Page, type Response } from 'playwright-core';

/** One tab in which somebody uses the chat: what one sees and does there. */
export class ChatTab {
  /** What must never happen on the page: uncaught errors, and anything that the content security policy stopped. */
  readonly faults: string[] = [];
  /** The status of each answer to this tab's event stream. */
  readonly streamAnswers: number[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) this.faults.push(message.text());
    });
    page.on('response', (response) => {
      if (isStream(response)) this.streamAnswers.push(response.status());
    });
  }

  async signIn(url: string, name: string): Promise<this> {
    await this.page.goto(url);
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Come in' }).click();
    return this.connected();
  }

  async open(url: string): Promise<this> {
    await this.page.goto(url);
    return this.connected();
  }

  async connected(): Promise<this> {
    await this.connection('connected').waitFor();
    return this;
  }

  connection(state: 'connected' | 'reconnecting' | 'ended'): Locator {
    return this.page.locator(`#chat[data-connection="${state}"]`);
  }

  get notice(): Locator {
    return this.page.locator('#notice-text');
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  get input(): Locator {
    return this.page.getByLabel('Message', { exact: true });
  }

  get typing(): Locator {
    return this.page.locator('#typing');
  }

  async write(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  /** The bubbles whose text is exactly this. */
  bubble(text: string): Locator {
    return this.page.locator('.message').filter({ has: this.page.locator('.text').getByText(text, { exact: true }) });
  }

  personHere(name: string): Locator {
    return this.page.locator('#people-here').getByText(name, { exact: true });
  }

  async writeTo(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Write to ${name}`, exact: true }).click();
  }

  /** A room or a conversation in the list on the left. */
  thread(title: string): Locator {
    return this.page.locator('.threads .item').filter({ has: this.page.getByText(title, { exact: true }) });
  }

  async createRoom(name: string): Promise<void> {
    await this.page.getByLabel('Name of a new room').fill(name);
    await this.page.getByRole('button', { name: 'Create' }).click();
    await this.page.getByRole('heading', { name, level: 2, exact: true }).waitFor();
  }

  async joinRoom(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Join ${name}`, exact: true }).click();
    await this.page.getByRole('heading', { name, level: 2, exact: true }).waitFor();
  }

  nextStreamAnswer(): Promise<Response> {
    return this.page.waitForEvent('response', isStream);
  }
}

function isStream(response: Response): boolean {
  return new URL(response.url()).pathname === '/events';
}
