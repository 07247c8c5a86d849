import { Controller, type DynamicModule, Get, Module, type Provider, type Type, UseGuards } from '@nestjs/common';
import { PARAMTYPES_METADATA } from '@nestjs/common/constants.js';
import { TerminusModule } from '@nestjs/terminus';
import { SseModule } from 'nestjs-event-stream';
import { SseJwtModule } from 'nestjs-event-stream/passport';
import { SsePrometheusModule } from 'nestjs-event-stream/prometheus';
import { SseHealthIndicator } from 'nestjs-event-stream/terminus';
import { CONTROLLERS, PROVIDERS } from '../surroundings/application.js';
import { languageModel } from '../surroundings/language-model.js';
import { ConfigService } from '../surroundings/readers-own.js';
import { hasModule, type Parts } from './parts.js';

/** What its controllers and services may ask for. Last, so that an example's own come first. */
@Module({
  imports: [TerminusModule],
  controllers: CONTROLLERS,
  providers: [...PROVIDERS, ConfigService, SseHealthIndicator],
  exports: [...PROVIDERS, ConfigService, SseHealthIndicator, TerminusModule],
})
class SurroundingsModule {}

@Module({})
class RootModule {}

@Module({})
class ExampleModule {}

/** Everything of an example in one module, with what it takes for granted. */
export function rootModule({ modules, controllers, providers, guards, backplanes }: Parts): DynamicModule {
  const own: (Type | DynamicModule)[] = [...modules];
  if (!hasModule(own, SseModule)) own.unshift(SseModule.forRoot({ backplane: backplanes[0] }));
  if (!hasModule(own, SseJwtModule)) {
    own.unshift(
      SseJwtModule.register({
        secretOrKey: process.env.JWT_SECRET,
        algorithms: ['HS256'],
        from: ['header', 'cookie'],
      }),
    );
  }
  if (!hasModule(own, SsePrometheusModule)) own.unshift(SsePrometheusModule.register({ path: false }));
  const parts = {
    module: ExampleModule,
    controllers: [...controllers, ...guards.map(probeOf)],
    providers: [...providers, ...modelFor(controllers)],
  };
  return {
    module: RootModule,
    imports: [...own, { ...parts, imports: [SurroundingsModule, ...own] }, SurroundingsModule],
  };
}

/** A parameter whose type is none that exists when it runs is a language model: it takes long to load. */
function modelFor(controllers: readonly Type[]): Provider[] {
  const parameters = controllers.flatMap(
    (one) => (Reflect.getMetadata(PARAMTYPES_METADATA, one) as unknown[] | undefined) ?? [],
  );
  return parameters.includes(Object) ? [{ provide: Object, useFactory: languageModel }] : [];
}

/** A route behind a guard that no controller of the example uses. */
function probeOf(guard: Type): Type {
  class Probe {
    probe(): string {
      return 'passed';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Probe.prototype, 'probe') as TypedPropertyDescriptor<() => string>;
  Get()(Probe.prototype, 'probe', descriptor);
  UseGuards(guard)(Probe.prototype, 'probe', descriptor);
  Controller(`probe/${guard.name}`)(Probe);
  return Probe;
}
