import { type ResolveHook } from 'node:module';

/** What a module of the examples is loaded with to be a new one. */
export const FRESH = 'fresh';

/** Hands it on to what the module imports of the examples. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context);
  const fresh = new URL(context.parentURL ?? 'file:').searchParams.get(FRESH);
  if (fresh === null || !resolved.url.includes('/dist/examples/')) return resolved;
  return { ...resolved, url: `${resolved.url}?${FRESH}=${fresh}` };
};
