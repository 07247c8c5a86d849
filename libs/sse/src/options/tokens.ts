/** Injects the module's options with their defaults (`ResolvedOptions`). */
export const SSE_OPTIONS = Symbol('sse:options');
