/** What is said in logs of something that was thrown. Anything can be, also what can't be made into text. */
export function errorText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return `a ${typeof thrown} that can't be made into text`;
  }
}

/** The stack of what was thrown, if it has one. */
export function errorStack(thrown: unknown): string | undefined {
  try {
    return thrown instanceof Error ? thrown.stack : undefined;
  } catch {
    return undefined;
  }
}
