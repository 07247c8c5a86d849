import { type ChannelRow, type ConnectionRow } from './answers.js';
import { CONNECTION_COLUMNS, userText } from './connection-columns.js';
import { ConnectionDialog } from './connection-dialog.js';
import { byId, element } from './element.js';
import { count } from './format.js';
import { LiveTable } from './live-table.js';
import { Nodes } from './nodes.js';
import { Tabs } from './tabs.js';

/** The tables of connections, channels and nodes, of which one is in sight and kept up to date. */
export class Tables {
  /** The id of this page's own stream. */
  own = '';
  private readonly dialog = new ConnectionDialog(() => void this.connections.refresh());
  private readonly connections: LiveTable<ConnectionRow> = new LiveTable({
    path: 'connections',
    caption: 'Connections',
    noun: 'connections',
    filterLabel: 'User, address or id',
    columns: CONNECTION_COLUMNS,
    sort: 'opened',
    isDescending: true,
    nothing: 'There is no such connection.',
    keyOf: ({ id }) => id,
    tagsOf: ({ id, isDashboard }) => (id === this.own ? ['this page'] : isDashboard ? ['dashboard'] : []),
    isBad: ({ blocked }) => blocked,
    action: {
      purpose: (row) => `Look into the connection of ${userText(row)}`,
      open: ({ id }) => void this.dialog.open(id, id === this.own),
    },
  });
  private readonly channels: LiveTable<ChannelRow> = new LiveTable({
    path: 'channels',
    caption: 'Channels',
    noun: 'channels',
    filterLabel: 'Name of a channel',
    columns: [
      { title: 'Channel', sort: 'name', text: ({ name }) => name },
      { title: 'Listeners', sort: 'listeners', text: ({ listeners }) => count(listeners), isNumber: true },
    ],
    sort: 'listeners',
    isDescending: true,
    nothing: 'There is no such channel.',
    keyOf: ({ name }) => name,
    action: {
      purpose: ({ name }) => `Show who listens to ${name}`,
      open: ({ name }) => this.showListeners(name),
    },
  });
  private readonly nodes = new Nodes();
  private readonly tabs = new Tabs(['connections', 'channels', 'nodes'], () => void this.refresh());

  constructor() {
    byId('connections').append(this.connections.node);
    byId('channels').append(this.channels.node);
    byId('nodes').append(this.nodes.notice, this.nodes.table.node);
  }

  async refresh(): Promise<void> {
    if (document.hidden) return;
    const { selected } = this.tabs;
    const others = selected === 'channels' ? this.channels : this.nodes.table;
    const table = selected === 'connections' ? this.connections : others;
    await Promise.all([table.refresh(), this.dialog.refresh()]);
  }

  private showListeners(channel: string): void {
    const clear = element('button', { type: 'button', class: 'quiet', 'aria-label': 'Show all connections' }, '×');
    clear.addEventListener('click', () => this.showAll());
    this.connections.aside.replaceChildren(element('span', { class: 'chip' }, `Listening to ${channel}`, clear));
    this.connections.extra = { channel };
    this.connections.turnTo(0);
    this.tabs.select('connections');
    clear.focus();
  }

  private showAll(): void {
    this.connections.aside.replaceChildren();
    this.connections.extra = {};
    this.connections.turnTo(0);
    this.tabs.focus();
  }
}
