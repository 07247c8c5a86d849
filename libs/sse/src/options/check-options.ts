import { type z } from 'zod';
import { checkMonitoring } from './check-monitoring.js';
import { optionsSchema } from './options-schema.js';
import { checkQueue } from './queue-and-history.js';
import { given, type ResolvedOptions, withDefaults } from './resolved-options.js';
import { type SseModuleOptions } from './sse-module-options.js';
import { SseOptionsError } from './sse-options-error.js';

/**
 * Options that were checked, with their defaults.
 *
 * @throws SseOptionsError for the first that is wrong
 */
export function resolveOptions(options: SseModuleOptions = {}): ResolvedOptions {
  checkShape(optionsSchema, options, '');
  const resolved = withDefaults(options);
  checkTogether(resolved, '');
  checkMonitoring(resolved.monitoring);
  checkQueue({ overflow: 'catch-up', ...given(options.queue) }, resolved.history, '');
  return resolved;
}

/** Throws for the first key that is unknown or has a value that it can't have. `prefix` names where the options stand. */
export function checkShape(schema: z.ZodType, options: unknown, prefix: string): void {
  const { error } = schema.safeParse(options);
  const issue = error && deepest(error.issues);
  if (!issue) return;
  const path = [...issue.path];
  if (issue.code === 'unrecognized_keys') {
    path.push(...issue.keys.slice(0, 1));
    throw new SseOptionsError(
      prefix + path.join('.'),
      valueAt(options, path),
      'this version has no such option: remove it',
    );
  }
  throw new SseOptionsError(prefix + (path.join('.') || 'options'), valueAt(options, path), issue.message);
}

/** Throws for options that are well-formed each, and wrong together. */
export function checkTogether(
  { connections, heartbeat }: Pick<ResolvedOptions, 'connections' | 'heartbeat'>,
  prefix: string,
): void {
  if (heartbeat && connections.idleTimeout !== null && heartbeat.interval > connections.idleTimeout) {
    throw new SseOptionsError(
      `${prefix}heartbeat.interval`,
      heartbeat.interval,
      `it is longer than connections.idleTimeout (${connections.idleTimeout}), so idle connections would be closed before their first heartbeat: make it shorter`,
    );
  }
}

/** A union (an option or `false`) reports the issues of its alternatives inside its own: the one furthest in tells most. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [issue] = issues;
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .map((alternative) => deepest(alternative))
    .find((candidate) => candidate && (candidate.path.length > 0 || candidate.code === 'unrecognized_keys'));
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue;
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    options,
  );
}
