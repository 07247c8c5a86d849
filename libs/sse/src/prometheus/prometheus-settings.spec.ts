import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { SseOptionsError } from '../index.js';
import { prometheusSettings } from './prometheus-settings.js';
import { type SsePrometheusEndpoint } from './sse-prometheus-options.js';
import { SsePrometheusModule } from './sse-prometheus.module.js';

describe('the options of SsePrometheusModule', () => {
  it('have defaults, and a registry of each application', async () => {
    const [one, two] = [await prometheusSettings({}), await prometheusSettings({})];

    expect(one).toEqual({ prefix: 'sse_', defaultMetrics: false, registry: expect.any(Registry) });
    expect(one.registry).not.toBe(two.registry);
  });

  it('take the registry of the application', async () => {
    const registry = new Registry();

    expect((await prometheusSettings({ registry })).registry).toBe(registry);
  });

  it.each([
    [{ prefix: 'my-app_' }, 'SsePrometheusModule.prefix is "my-app_": use letters, digits and underscores'],
    [{ prefix: '1_' }, 'SsePrometheusModule.prefix is "1_"'],
    [{ defaultMetrics: 'yes' }, 'SsePrometheusModule.defaultMetrics is "yes": use true or false'],
    [{ registry: {} }, 'SsePrometheusModule.registry is "object": give a Registry of prom-client'],
    [{ registry: null }, 'SsePrometheusModule.registry is "object": give a Registry of prom-client'],
    [
      { perfix: 'my_' },
      'SsePrometheusModule.perfix is "my_": there is no such option: use path, guards, isGlobal, prefix',
    ],
  ])('refuse %j', async (options, message) => {
    const settings = prometheusSettings(options as object);

    await expect(settings).rejects.toThrow(SseOptionsError);
    await expect(settings).rejects.toThrow(message);
  });

  it.each([
    [{ path: '' }, 'SsePrometheusModule.path is "": use a path such as \'/metrics\', or false'],
    [{ path: true }, 'SsePrometheusModule.path is true'],
    [{ guards: Registry }, 'SsePrometheusModule.guards is a function: use a list of guards'],
  ])('refuse the endpoint %j', (endpoint, message) => {
    const register = () => SsePrometheusModule.register(endpoint as SsePrometheusEndpoint);

    expect(register).toThrow(SseOptionsError);
    expect(register).toThrow(message);
  });
});
