/**
 * Whether something is to be waited for. Most streams open without, in one turn: the promises of a wait at each step would
 * be a fifth of all that is allocated for a stream that opens (P10 of the benchmark).
 */
export function isAwaited<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
