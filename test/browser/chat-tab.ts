import { type CDPSession, type ConsoleMessage, type Locator, type Page, type Response } from 'playwright-core';

/** One tab in which somebody uses the chat: what one sees and does there. */
export class ChatTab {
  /** What must never happen on the page: uncaught errors, and anything that the content security policy stopped. */
  readonly faults: string[] = [];
  /** The status of each answer to this tab's event stream. */
  readonly streamAnswers: number[] = [];

  /** What came over this tab's event streams, as the browser read it. */
  readonly events: { type: string; id: string; data: string }[] = [];

  private constructor(
    readonly page: Page,
    private readonly devtools: CDPSession,
  ) {
    page.on('pageerror', this.noteError);
    page.on('console', this.noteMessage);
    page.on('response', this.noteAnswer);
    devtools.on('Network.eventSourceMessageReceived', ({ eventName, eventId, data }) => {
      this.events.push({ type: eventName, id: eventId, data });
    });
  }

  static async of(page: Page): Promise<ChatTab> {
    const devtools = await page.context().newCDPSession(page);
    const tab = new ChatTab(page, devtools);
    await devtools.send('Network.enable');
    return tab;
  }

  /** Notes nothing any more: the page may be given to somebody else. */
  async release(): Promise<void> {
    this.page.off('pageerror', this.noteError);
    this.page.off('console', this.noteMessage);
    this.page.off('response', this.noteAnswer);
    if (!this.page.isClosed()) await this.devtools.detach();
  }

  async signIn(url: string, name: string, adminPassword?: string): Promise<this> {
    await this.page.goto(url);
    await this.trySignIn(name, adminPassword);
    return this.connected();
  }

  /** Fills in the form, which is in sight, and sends it. */
  async trySignIn(name: string, adminPassword?: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    if (adminPassword !== undefined) {
      await this.page.getByText('I am an admin').click();
      await this.page.getByLabel('Admin password').fill(adminPassword);
    }
    await this.page.getByRole('button', { name: 'Come in' }).click();
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

  /** How often a text came over the stream, whatever the page made of it. */
  timesReceived(text: string): number {
    return this.events.filter(({ data }) => data.includes(JSON.stringify(text))).length;
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** The bubbles whose text is exactly this. */
  bubble(text: string): Locator {
    return this.page.locator('.message').filter({ has: this.page.locator('.text').getByText(text, { exact: true }) });
  }

  personHere(name: string): Locator {
    return this.page.locator('#people-here').getByText(name, { exact: true });
  }

  /** What an admin has told everybody. */
  announcement(text: string): Locator {
    return this.page.locator('#announcement').getByText(text, { exact: true });
  }

  /** That an admin has removed this person. */
  get removed(): Locator {
    return this.page.getByRole('heading', { name: 'You were removed by an admin' });
  }

  /** What only admins have in their page. */
  get adminControls(): Locator {
    return this.page.getByRole('button', { name: /^(Kick|Broadcast)/ });
  }

  async broadcast(text: string): Promise<void> {
    await this.page.getByLabel('Tell everybody').fill(text);
    await this.page.getByRole('button', { name: 'Broadcast to all' }).click();
    await this.announcement(text).waitFor();
  }

  async askToKick(name: string, reason = ''): Promise<void> {
    await this.page.getByRole('button', { name: `Kick ${name}`, exact: true }).click();
    await this.dialog.getByLabel('Reason').fill(reason);
  }

  async kick(name: string, reason?: string): Promise<void> {
    await this.askToKick(name, reason);
    await this.dialog.getByRole('button', { name: 'Remove' }).click();
    await this.notice.getByText(`${name} was removed.`).waitFor();
  }

  async writeTo(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Write to ${name}`, exact: true }).click();
  }

  /** A room or a conversation in the list on the left, by its name. */
  thread(title: string): Locator {
    return this.page.locator('.threads .item').filter({ has: this.page.getByText(title, { exact: true }) });
  }

  async createRoom(name: string): Promise<void> {
    await this.page.getByLabel('Name of a new room').fill(name);
    await this.page.getByRole('button', { name: 'Create' }).click();
    await this.isIn(name.toLowerCase());
  }

  async joinRoom(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Join ${name}`, exact: true }).click();
    await this.isIn(name);
  }

  /** The room is in sight, and this person is in it. */
  private async isIn(room: string): Promise<void> {
    await this.page.getByRole('heading', { name: `#${room}`, level: 2, exact: true }).waitFor();
    await this.page.locator('#people-here').getByText('you', { exact: true }).waitFor();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.page.getByRole('button', { name: 'Come in' }).waitFor();
  }

  /** Where an admin's page leads to. */
  get dashboardLink(): Locator {
    return this.page.getByRole('link', { name: 'Dashboard' });
  }

  nextAnswer(path: string): Promise<Response> {
    return this.page.waitForEvent('response', (response) => new URL(response.url()).pathname === path);
  }

  nextStreamAnswer(): Promise<Response> {
    return this.page.waitForEvent('response', isStream);
  }

  private readonly noteError = ({ message }: Error): void => {
    this.faults.push(message);
  };

  private readonly noteMessage = (message: ConsoleMessage): void => {
    if (/Content Security Policy|Refused to/.test(message.text())) this.faults.push(message.text());
  };

  private readonly noteAnswer = (response: Response): void => {
    if (isStream(response)) this.streamAnswers.push(response.status());
  };
}

function isStream(response: Response): boolean {
  return new URL(response.url()).pathname === '/events';
}
