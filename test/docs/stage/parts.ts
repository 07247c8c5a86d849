import 'reflect-metadata';
import { type DynamicModule, type INestApplication, type Provider, type Type } from '@nestjs/common';
import { CONTROLLER_WATERMARK, INJECTABLE_WATERMARK, MODULE_METADATA } from '@nestjs/common/constants.js';
import { type Backplane } from 'nestjs-event-stream';

/** What an example has that can become part of an application. */
export interface Parts {
  readonly modules: (Type | DynamicModule)[];
  readonly controllers: Type[];
  readonly providers: Type[];
  readonly guards: Type[];
  readonly backplanes: Backplane[];
  /** It has created an application by itself. */
  readonly apps: INestApplication[];
}

export function partsOf(exported: object): Parts {
  const values = Object.values(exported) as unknown[];
  const classes = values.filter(isClass);
  const modules = [...classes.filter(isModule), ...values.filter(isDynamicModule)];
  const taken = new Set(modules.flatMap((module) => declaredIn(module)));
  const isFree = (one: Type) => !taken.has(one);
  return {
    modules: modules.filter((module) => !isImported(module, modules)),
    controllers: classes.filter((one) => Reflect.hasMetadata(CONTROLLER_WATERMARK, one)).filter(isFree),
    providers: classes.filter((one) => Reflect.hasMetadata(INJECTABLE_WATERMARK, one)).filter(isFree),
    guards: classes.filter((one) => 'canActivate' in (one.prototype as object)).filter(isFree),
    backplanes: values.filter(isBackplane),
    apps: values.filter(isApplication),
  };
}

/** Whether one of the modules is the wanted one, or imports it. */
export function hasModule(modules: readonly unknown[], wanted: Type): boolean {
  return modules.some(
    (module) =>
      (isDynamicModule(module) && (module.module === wanted || hasModule(module.imports ?? [], wanted))) ||
      (isClass(module) && (module === wanted || hasModule(metadata(MODULE_METADATA.IMPORTS, module), wanted))),
  );
}

function declaredIn(module: Type | DynamicModule): Provider[] {
  if (isDynamicModule(module)) return [];
  const imported = metadata(MODULE_METADATA.IMPORTS, module).filter((one) => isClass(one) || isDynamicModule(one));
  return [
    ...(metadata(MODULE_METADATA.CONTROLLERS, module) as Provider[]),
    ...(metadata(MODULE_METADATA.PROVIDERS, module) as Provider[]),
    ...imported.flatMap((one) => declaredIn(one)),
  ];
}

function isImported(module: unknown, modules: readonly (Type | DynamicModule)[]): boolean {
  return modules.some((other) => isClass(other) && metadata(MODULE_METADATA.IMPORTS, other).includes(module));
}

function metadata(key: string, of: Type): unknown[] {
  return (Reflect.getMetadata(key, of) as unknown[] | undefined) ?? [];
}

function isModule(one: Type): boolean {
  return Object.values(MODULE_METADATA).some((key) => Reflect.hasMetadata(key, one));
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

function isDynamicModule(value: unknown): value is DynamicModule {
  return typeof value === 'object' && value !== null && 'module' in value && typeof value.module === 'function';
}

function isBackplane(value: unknown): value is Backplane {
  return typeof value === 'object' && value !== null && 'health' in value && 'publish' in value && 'start' in value;
}

function isApplication(value: unknown): value is INestApplication {
  return typeof value === 'object' && value !== null && 'getHttpServer' in value && 'enableShutdownHooks' in value;
}
