import { applyDecorators, UseGuards } from '@nestjs/common';
import { SsePermissions, SsePermissionsGuard } from 'nestjs-event-stream';
import { ADMIN } from '../session/permissions.js';

/** 403 for everybody else, whatever his page shows him. */
export function AdminOnly(): ClassDecorator & MethodDecorator {
  return applyDecorators(SsePermissions(ADMIN), UseGuards(SsePermissionsGuard));
}
