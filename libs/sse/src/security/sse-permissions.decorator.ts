import { SetMetadata } from '@nestjs/common';

/** Marks what needs permissions, for the guard. */
export const SSE_PERMISSIONS = 'sse:permissions';

/**
 * Names permissions of which `SsePermissionsGuard` wants one. On a class it counts for all its methods; on a method it
 * takes the place of the class's.
 *
 * @throws TypeError when the class is defined, if no permission is named
 * @example
 * @SsePermissions('sse:read', 'sse:write')
 * @SseStream('events')
 * events() {
 *   return channels('news');
 * }
 */
export function SsePermissions(...permissions: [string, ...string[]]): ClassDecorator & MethodDecorator {
  if (permissions.length === 0) {
    throw new TypeError('@SsePermissions() needs the name of a permission: name one, or leave it out.');
  }
  return SetMetadata(SSE_PERMISSIONS, permissions);
}
