import { type DynamicModule, Inject, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { ConnectionTables } from './connection-tables.js';
import { dashboardControllerAt } from './dashboard.controller.js';
import { LiveFeed } from './live-feed.js';
import { DASHBOARD_SETTINGS, type DashboardSettings } from './dashboard-settings.js';
import { NodeTable } from './node-table.js';
import { Pages } from './pages.js';
import { checkedPath, type SseDashboardOptions } from './sse-dashboard-options.js';

/**
 * A page that shows this process live: its connections, channels, queues and load; and that ends a connection. Of the other
 * nodes it shows what they tell of themselves. There is none unless this is imported.
 *
 * It needs what `SseModule` exports.
 *
 * @example
 * @Module({
 *   imports: [
 *     SseModule.forRoot(),
 *     SseDashboardModule.register({ path: '/sse-dashboard', guards: [OperatorsGuard] }),
 *   ],
 * })
 * export class AppModule {}
 */
@Module({})
export class SseDashboardModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('SseDashboard');

  /** @internal */
  constructor(@Inject(DASHBOARD_SETTINGS) private readonly settings: DashboardSettings) {}

  /**
   * @throws SseOptionsError for an option that is wrong
   */
  static register(options: SseDashboardOptions = {}): DynamicModule {
    const path = checkedPath(options);
    const { guards = [], decorators = [], imports = [] } = options;
    const settings: DashboardSettings = { path, isGuarded: guards.length > 0 };
    return {
      module: SseDashboardModule,
      imports: [...imports],
      controllers: [dashboardControllerAt(path, guards, decorators)],
      providers: [{ provide: DASHBOARD_SETTINGS, useValue: settings }, ConnectionTables, LiveFeed, NodeTable, Pages],
    };
  }

  /** Called by Nest. */
  onApplicationBootstrap(): void {
    const { path, isGuarded } = this.settings;
    if (isGuarded) return;
    this.logger.warn(
      `The dashboard at /${path} has no guards: WHOEVER CAN REACH IT reads the names of users and channels, and ends their connections. Name some: SseDashboardModule.register({ guards: [YourGuard] })`,
    );
  }
}
