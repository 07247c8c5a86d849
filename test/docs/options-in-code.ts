import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SseOptionsError, SseStream } from 'nestjs-event-stream';
import ts from 'typescript';
import { z } from 'zod';
import { resolveOptions } from '../../libs/sse/src/options/check-options.js';
import { optionsSchema } from '../../libs/sse/src/options/options-schema.js';
import { ROOT } from './markdown.js';

/** The module's options, such as `connections.max`. A group that may be switched off is an option itself too. */
export function moduleOptions(): string[] {
  return [...new Set(leavesOf(optionsSchema, []))].sort();
}

/** The default of one of the module's options; `undefined` if it is none that could stand in a table. */
export function defaultOf(option: string): string | undefined {
  const value = option
    .split('.')
    .reduce<unknown>((group, key) => (group as Record<string, unknown> | null | undefined)?.[key], resolveOptions());
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (typeof value === 'string') return `'${value}'`;
  return value === null ? 'null' : undefined;
}

/** The options of `@SseStream()`, groups as a whole. */
export function streamOptions(): string[] {
  const path = join(ROOT, 'libs/sse/src/streaming/sse-stream-options.ts');
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const options = source.statements.find(ts.isInterfaceDeclaration);
  return options?.members.map(({ name }) => (name as ts.Identifier).text).sort() ?? [];
}

/** Whether `@SseStream()` knows the option. A value that no option can have makes it say so. */
export function isStreamOption(option: string): boolean {
  const wrong: unknown = option.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), Symbol('wrong'));
  try {
    SseStream('', wrong as object)({}, 'handler', { value: () => undefined });
  } catch (error) {
    if (error instanceof SseOptionsError) return !error.message.includes('no such option');
    throw error;
  }
  throw new Error(`@SseStream() takes anything for ${option}`);
}

function leavesOf(schema: z.core.$ZodType, path: string[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return leavesOf(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => leavesOf(option, path));
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as z.core.$ZodShape).flatMap(([key, value]) => leavesOf(value, [...path, key]));
  }
  return [path.join('.')];
}
