import { type Closed, type ConnectionDetail } from './answers.js';
import { moment, stateText, userText } from './connection-columns.js';
import { buttonById, byId, element, setText } from './element.js';
import { bytes, duration, exactly, milliseconds } from './format.js';
import { AnswerError, get, post } from './requests.js';

const FACTS: readonly (readonly [name: string, text: (detail: ConnectionDetail) => string])[] = [
  ['State', stateText],
  ['Address', ({ address }) => address],
  ['Open since', ({ openedAt }) => `${moment(openedAt)} (${duration(Date.now() - openedAt)})`],
  ['Last write', ({ lastWriteAt }) => (lastWriteAt === undefined ? 'none yet' : moment(lastWriteAt))],
  ['Sent', (detail) => `${exactly(detail.events)} events, ${bytes(detail.bytes)}`],
  ['Dropped', ({ dropped }) => `${exactly(dropped)} events`],
  ['Queue', ({ queued, heldBytes }) => `${exactly(queued)} events, ${bytes(heldBytes)} held`],
  ['Lag', ({ lag }) => milliseconds(lag)],
  ['Permissions', ({ permissions }) => (permissions.length === 0 ? 'none' : permissions.join(', '))],
  ['Id', ({ id }) => id],
];

/** A look into one connection, which is kept up to date while it is open, and its end. */
export class ConnectionDialog {
  private readonly dialog = byId('connection') as HTMLDialogElement;
  private readonly values = FACTS.map(() => element('dd'));
  private readonly end = buttonById('connection-end');
  private readonly question = byId('connection-question');
  private id: string | undefined;

  constructor(private readonly ended: () => void) {
    byId('connection-facts').replaceChildren(
      ...FACTS.map(([name], index) => element('div', {}, element('dt', {}, name), this.values[index] ?? '')),
    );
    this.dialog.addEventListener('close', () => (this.id = undefined));
    byId('connection-leave').addEventListener('click', () => this.dialog.close());
    this.end.addEventListener('click', () => this.askBack());
    byId('connection-keep').addEventListener('click', () => this.takeBack());
    byId('connection-end-now').addEventListener('click', () => void this.endNow());
  }

  /** @param isOwn of this page, which would cut itself off */
  async open(id: string, isOwn: boolean): Promise<void> {
    this.id = id;
    for (const name of ['connection-title', 'connection-note']) setText(byId(name), '');
    for (const value of this.values) setText(value, '–');
    byId('connection-channels').replaceChildren();
    this.question.hidden = true;
    this.end.hidden = isOwn;
    if (isOwn) this.note('This is the stream of this page.');
    this.dialog.showModal();
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const { id } = this;
    if (id === undefined) return;
    try {
      const detail = await get<ConnectionDetail>(`connections/${encodeURIComponent(id)}`);
      if (id === this.id) this.show(detail);
    } catch (error) {
      // What can't be reached is the stream's to tell.
      if (id === this.id && error instanceof AnswerError && error.status === 404) this.tellEnd();
    }
  }

  private show(detail: ConnectionDetail): void {
    setText(byId('connection-title'), userText(detail));
    FACTS.forEach(([, text], index) => {
      const node = this.values[index];
      if (node) setText(node, text(detail));
    });
    const { channels, channelNames } = detail;
    const more = channels > channelNames.length ? `, the first ${exactly(channelNames.length)}` : '';
    setText(byId('connection-channels-title'), `Channels: ${exactly(channels)}${more}`);
    const list = byId('connection-channels');
    const shown = [...list.children].map(({ textContent }) => textContent);
    if (shown.length === channelNames.length && shown.every((name, index) => name === channelNames[index])) return;
    list.replaceChildren(...channelNames.map((name) => element('li', {}, name)));
  }

  private askBack(): void {
    this.question.hidden = false;
    this.end.hidden = true;
    byId('connection-keep').focus();
  }

  private takeBack(): void {
    this.question.hidden = true;
    this.end.hidden = false;
    this.end.focus();
  }

  private async endNow(): Promise<void> {
    const { id } = this;
    if (id === undefined) return;
    try {
      await post<Closed>('close', { id });
      if (id === this.id) this.tellEnd();
    } catch (error) {
      if (id !== this.id) return;
      this.takeBack();
      this.note(error instanceof AnswerError ? error.message : 'The server can not be reached. Try again.');
    }
  }

  private tellEnd(): void {
    this.id = undefined;
    this.question.hidden = true;
    this.end.hidden = true;
    this.note('This connection has ended.');
    byId('connection-leave').focus();
    this.ended();
  }

  private note(text: string): void {
    setText(byId('connection-note'), text);
  }
}
