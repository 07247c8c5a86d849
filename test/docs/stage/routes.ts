import { type INestApplication, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { CONTROLLERS } from '../surroundings/application.js';
import { pathParameters } from '../surroundings/visitor.js';

export interface Route {
  readonly method: string;
  /** As the example has it, such as `/rooms/:room/events`. */
  readonly path: string;
  /** With values for its parameters. */
  readonly url: string;
  readonly isStream: boolean;
}

/** The routes of all controllers of an application, but those of the surroundings. */
export function routesOf(app: INestApplication): Route[] {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = new Set(
    modules.flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype)),
  );
  return [...controllers].filter((one) => !CONTROLLERS.includes(one as never)).flatMap((one) => routesIn(one as Type));
}

function routesIn(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return methodsOf(prototype).flatMap((name) => {
    const handler = prototype[name] as object;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    return pathsOf(controller).flatMap((prefix) =>
      pathsOf(handler).map((rest) => {
        const path = `/${prefix}/${rest}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1');
        const verb = method === RequestMethod.ALL ? 'GET' : RequestMethod[method];
        return { method: verb, path, url: filled(path), isStream: isStream(handler) };
      }),
    );
  });
}

function isStream(handler: object): boolean {
  return Reflect.getMetadataKeys(handler).some((key) => String(key) === 'Symbol(sse:route)');
}

function methodsOf(prototype: object): string[] {
  if (prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    return typeof descriptor?.value === 'function' && name !== 'constructor';
  });
  return [...new Set([...own, ...methodsOf(Object.getPrototypeOf(prototype) as object)])];
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map((path) => path ?? '');
}

function filled(path: string): string {
  return path
    .replaceAll(/\{([^}]*)\}/g, '$1')
    .replaceAll(/:(\w+)\??/g, (_, name: string) => pathParameters[name] ?? '42')
    .replaceAll(/\*\w*/g, 'x');
}
