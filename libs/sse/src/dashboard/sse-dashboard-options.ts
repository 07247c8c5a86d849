import { type CanActivate, type ModuleMetadata, type Type } from '@nestjs/common';
import { SseOptionsError } from '../index.js';

/** Options of `SseDashboardModule.register()`. */
export interface SseDashboardOptions {
  /** Where the page is, below the application's global prefix. Default: `/sse-dashboard`. */
  path?: string;
  /**
   * The guards of everything below it, as in `@UseGuards()`: classes or instances. Default: none, of which the log is warned,
   * since whoever reaches the page then reads the names of users and channels, and ends connections.
   */
  guards?: readonly (Type<CanActivate> | CanActivate)[];
  /** Decorators for its controller, such as `SsePermissions('admin')` for `SsePermissionsGuard`. Default: none. */
  decorators?: readonly ClassDecorator[];
  /** Modules in which the guards find what they need, where these are not global. Default: none. */
  imports?: ModuleMetadata['imports'];
}

const KEYS: readonly string[] = ['path', 'guards', 'decorators', 'imports'];
const DEFAULT_PATH = 'sse-dashboard';
/** What stands in an address as it is. No parameters: the page finds its parts by its own address. */
const PATH = /^[\w.~-]+(?:\/[\w.~-]+)*$/;

/**
 * The path without slashes around it.
 *
 * @throws SseOptionsError for a path or a key that can't be
 */
export function checkedPath(options: SseDashboardOptions): string {
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const value: unknown = Reflect.get(options, unknown);
    throw new SseOptionsError(`dashboard.${unknown}`, value, 'this version has no such option: remove it');
  }
  const { path = DEFAULT_PATH } = options;
  const trimmed = typeof path === 'string' ? path.replace(/^\/+|\/+$/g, '') : '';
  if (PATH.test(trimmed)) return trimmed;
  const mend = 'use a path of letters, digits and -._~, such as /sse-dashboard';
  throw new SseOptionsError('dashboard.path', path, mend);
}
