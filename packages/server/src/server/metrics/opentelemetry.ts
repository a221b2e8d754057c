import { metricTable, type Metric, type MetricName } from './names.ts';
import type { Registry } from './registry.ts';

/** Where the API of OpenTelemetry keeps what is registered (its `global-utils`), so that it need not be loaded to know. */
const registered = Symbol.for('opentelemetry.js.api.1');

/**
 * Passes every change on to OpenTelemetry where somebody has registered a provider of meters, e.g. by
 * `node --import ./telemetry.js`. Counters lose their `_total` and histograms have `s` as their unit, as is usual there.
 */
export async function tellOpenTelemetry(registry: Registry): Promise<boolean> {
  const global = (globalThis as Readonly<Record<symbol, unknown>>)[registered];
  if (typeof global !== 'object' || global === null || !('metrics' in global)) return false;
  const { metrics } = await import('@opentelemetry/api');
  const meter = metrics.getMeter('cofactor-server');
  const told = new Map<MetricName, (value: number, labels: Readonly<Record<string, string>>) => void>();
  for (const [name, { kind, help }] of Object.entries(metricTable) as [MetricName, Metric][]) {
    // Of the process it has its own.
    if (!name.startsWith('cofactor_')) continue;
    if (kind === 'counter') {
      const counter = meter.createCounter(name.replace(/_total$/, ''), { description: help });
      told.set(name, (value, labels) => counter.add(value, labels));
    } else if (kind === 'gauge') {
      const gauge = meter.createGauge(name, { description: help });
      told.set(name, (value, labels) => gauge.record(value, labels));
    } else {
      const histogram = meter.createHistogram(name.replace(/_seconds$/, ''), {
        description: help,
        unit: 's',
      });
      told.set(name, (value, labels) => histogram.record(value, labels));
    }
  }
  registry.listen((name, value, labels) => told.get(name)?.(value, labels));
  return true;
}
