import {
  BadRequestException,
  type CanActivate,
  Controller,
  Get,
  Inject,
  Logger,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Observable } from 'rxjs';
import { ConnectionRegistry, CurrentConnection, SseConnection, type SseEvent, SseStream } from '../index.js';
import { ConnectionTables } from './connection-tables.js';
import { addressOf, type DashboardRequest, headerOf, quoted, requesterOf } from './dashboard-request.js';
import { DASHBOARD_SETTINGS, type DashboardSettings } from './dashboard-settings.js';
import { markDashboardStream } from './dashboard-streams.js';
import { refuseForeignAction, refuseForeignPage } from './foreign-pages.js';
import { LiveFeed } from './live-feed.js';
import { NodeTable } from './node-table.js';
import { type Closed, type Welcome } from './page/answers.js';
import { type Page, Pages } from './pages.js';
import { SECURITY_HEADERS } from './security-headers.js';

/**
 * Everything below the path of the dashboard. It writes its answers itself, so that no interceptor of the application
 * wraps them.
 */
@Controller()
export class DashboardController {
  private readonly logger = new Logger('SseDashboard');

  constructor(
    @Inject(DASHBOARD_SETTINGS) private readonly settings: DashboardSettings,
    private readonly host: HttpAdapterHost,
    private readonly registry: ConnectionRegistry,
    private readonly tables: ConnectionTables,
    private readonly nodeTable: NodeTable,
    private readonly feed: LiveFeed,
    private readonly pages: Pages,
  ) {}

  @Get()
  async index(@Req() request: DashboardRequest, @Res() response: object): Promise<void> {
    this.answer(response, await this.pages.index(addressOf(request).pathname));
  }

  @Get('parts/:name')
  async part(@Param('name') name: string, @Res() response: object): Promise<void> {
    this.answer(response, await this.pages.part(name));
  }

  /** Nothing of the application's reaches this stream, and of what a slow viewer misses only the last look is of interest. */
  @SseStream('live', { serializer: JSON.stringify, queue: { maxEvents: 2, overflow: 'drop-oldest' }, maxAge: null })
  live(@Req() request: DashboardRequest, @CurrentConnection() connection: SseConnection): Observable<SseEvent> {
    refuseForeignPage(request);
    markDashboardStream(connection);
    const { past } = this.feed;
    const welcome: Welcome = { connection: connection.id, isGuarded: this.settings.isGuarded, past };
    connection.send({ type: 'welcome', data: welcome });
    return this.feed.looks$;
  }

  /** For a page that gets no stream, as when new connections are refused. */
  @Get('look')
  look(@Req() request: DashboardRequest, @Res() response: object): void {
    refuseForeignPage(request);
    this.answerJson(response, this.feed.look());
  }

  @Get('connections')
  connections(@Req() request: DashboardRequest, @Res() response: object): void {
    refuseForeignPage(request);
    this.answerJson(response, this.tables.connections(addressOf(request).searchParams));
  }

  @Get('channels')
  channels(@Req() request: DashboardRequest, @Res() response: object): void {
    refuseForeignPage(request);
    this.answerJson(response, this.tables.channels(addressOf(request).searchParams));
  }

  @Get('nodes')
  async nodes(@Req() request: DashboardRequest, @Res() response: object): Promise<void> {
    refuseForeignPage(request);
    this.answerJson(response, await this.nodeTable.page(addressOf(request).searchParams));
  }

  @Get('connections/:id')
  connection(@Param('id') id: string, @Req() request: DashboardRequest, @Res() response: object): void {
    refuseForeignPage(request);
    const detail = this.tables.connection(id);
    if (!detail) throw new NotFoundException('This connection has ended.');
    this.answerJson(response, detail);
  }

  @Post('close')
  close(@Req() request: DashboardRequest, @Res() response: object): void {
    refuseForeignAction(request);
    const connection = this.registry.get(idIn(request));
    if (connection) {
      const whose = connection.userId === undefined ? 'nobody' : quoted(connection.userId);
      this.logger.log(`Ends connection ${connection.id} of ${whose}, asked by ${requesterOf(request)}`);
      connection.close('kicked');
    }
    this.answerJson(response, { closed: connection !== undefined } satisfies Closed);
  }

  private answerJson(response: object, value: object): void {
    this.answer(response, { type: 'application/json; charset=utf-8', text: JSON.stringify(value) });
  }

  private answer(response: object, { type, text }: Page): void {
    const { httpAdapter } = this.host;
    for (const [name, value] of SECURITY_HEADERS) httpAdapter.setHeader(response, name, value);
    httpAdapter.setHeader(response, 'Content-Type', type);
    httpAdapter.reply(response, text, 200);
  }
}

/** A controller of its own for each registration: path and guards are metadata of a class. */
export function dashboardControllerAt(
  path: string,
  guards: readonly (Type<CanActivate> | CanActivate)[],
  decorators: readonly ClassDecorator[],
): Type<DashboardController> {
  class SseDashboardController extends DashboardController {}
  // An application with versions in its paths has none here.
  Controller({ path, version: VERSION_NEUTRAL })(SseDashboardController);
  UseGuards(...guards)(SseDashboardController);
  for (const decorate of decorators) decorate(SseDashboardController);
  return SseDashboardController;
}

/** @throws BadRequestException if the body is not `{ id }` as JSON */
function idIn(request: DashboardRequest): string {
  const { body } = request;
  const isJson = headerOf(request, 'content-type')?.startsWith('application/json') ?? false;
  const id: unknown = isJson && typeof body === 'object' && body !== null ? Reflect.get(body, 'id') : undefined;
  if (typeof id === 'string') return id;
  throw new BadRequestException('Send { "id": "…" } as application/json. The application must have a parser for it.');
}
