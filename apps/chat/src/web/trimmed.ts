import { type TransformFnParams } from 'class-transformer';

/** For `@Transform()`: a text without white space around it; whatever is no text is left to the validation. */
export function trimmed({ value }: TransformFnParams): unknown {
  return typeof value === 'string' ? value.trim() : (value as unknown);
}
