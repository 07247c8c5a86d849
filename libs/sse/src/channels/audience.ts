import { type ResolvedOptions } from '../options/resolved-options.js';
import { type SseIdentity } from '../options/sse-identity.js';
import { type Audiences } from '../connections/audiences.js';

/** The reserved channels of audiences. Names of applications can't begin with `$`. */
export const EVERYONE = '$all';

export function userAudience(userId: string): string {
  return `$user.${userId}`;
}

export function permissionAudience(permission: string): string {
  return `$perm.${permission}`;
}

export function isAudience(channel: string): boolean {
  return channel.startsWith('$');
}

/** What is sent here is for one user, or for few: anybody may have had a part in it, and nobody else is to learn of it. */
export function isPrivate(channel: string): boolean {
  return isAudience(channel) && channel !== EVERYONE;
}

/** The reserved channels that a stream of this identity listens to. */
export function audiencesOf(
  listen: Audiences,
  identity: SseIdentity | undefined,
  { admin, adminHears }: ResolvedOptions['permissions'],
): string[] {
  const names: string[] = [];
  if (listen.all) names.push(EVERYONE);
  if (listen.user && identity) names.push(userAudience(identity.userId));
  if (listen.permissions && identity) {
    const { permissions } = identity;
    const isAdmin = admin !== null && permissions.includes(admin);
    names.push(...new Set([...permissions, ...(isAdmin ? adminHears : [])].map(permissionAudience)));
  }
  return names;
}
