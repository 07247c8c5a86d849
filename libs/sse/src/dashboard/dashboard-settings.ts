/** What is known of a dashboard once it is registered. */
export interface DashboardSettings {
  /** Without slashes around it. */
  readonly path: string;
  /** It has guards of its own. */
  readonly isGuarded: boolean;
}

export const DASHBOARD_SETTINGS = Symbol('DASHBOARD_SETTINGS');
