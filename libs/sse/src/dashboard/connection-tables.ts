import { Injectable } from '@nestjs/common';
import { ConnectionRegistry, type SseConnection } from '../index.js';
import { isDashboardStream } from './dashboard-streams.js';
import { type ChannelRow, type ConnectionDetail, type ConnectionRow, type TablePage } from './page/answers.js';
import { type SortKey, tablePage } from './table-page.js';
import { readTableQuery } from './table-query.js';

const CONNECTION_COLUMNS = [
  'opened',
  'user',
  'address',
  'channels',
  'events',
  'bytes',
  'dropped',
  'queued',
  'held',
  'lag',
] as const;
type ConnectionColumn = (typeof CONNECTION_COLUMNS)[number];
const CHANNEL_COLUMNS = ['name', 'listeners'] as const;
/** So many names are told of one connection. */
const MAX_NAMES = 200;

/** The tables of the page, a page of them at a time. */
@Injectable()
export class ConnectionTables {
  constructor(private readonly registry: ConnectionRegistry) {}

  /** All connections, or those of the channel that the query names. */
  connections(query: URLSearchParams): TablePage<ConnectionRow> {
    const channel = query.get('channel');
    return tablePage(
      {
        items: channel === null ? this.registry.all() : this.registry.byChannel(channel),
        keyOf,
        textsOf: ({ id, userId, remoteAddress }) => [userId, remoteAddress, id],
        rowOf: connectionRow,
      },
      readTableQuery(query, CONNECTION_COLUMNS),
    );
  }

  channels(query: URLSearchParams): TablePage<ChannelRow> {
    return tablePage(
      {
        items: [...this.registry.channelCounts()],
        keyOf: ([name, listeners], column) => (column === 'name' ? name : listeners),
        textsOf: ([name]) => [name],
        rowOf: ([name, listeners]): ChannelRow => ({ name, listeners }),
      },
      readTableQuery(query, CHANNEL_COLUMNS),
    );
  }

  /** A look into an open connection. */
  connection(id: string): ConnectionDetail | undefined {
    const connection = this.registry.get(id);
    return (
      connection && {
        ...connectionRow(connection),
        lastWriteAt: connection.lastWriteAt?.getTime(),
        channelNames: [...connection.channels].sort().slice(0, MAX_NAMES),
        permissions: connection.permissions.slice(0, MAX_NAMES),
      }
    );
  }
}

function keyOf(connection: SseConnection, column: ConnectionColumn): SortKey {
  if (column === 'opened') return connection.openedAt.getTime();
  if (column === 'user') return connection.userId;
  if (column === 'address') return connection.remoteAddress;
  if (column === 'channels') return connection.channels.size;
  const { stats } = connection;
  return column === 'held' ? stats.heldBytes : stats[column];
}

function connectionRow(connection: SseConnection): ConnectionRow {
  const { id, userId, remoteAddress, openedAt, channels, stats } = connection;
  return {
    id,
    userId,
    address: remoteAddress,
    openedAt: openedAt.getTime(),
    channels: channels.size,
    ...stats,
    lag: Math.round(stats.lag),
    isDashboard: isDashboardStream(connection),
  };
}
