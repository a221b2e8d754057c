import { metricTable, type Metric, type MetricName } from './names.ts';

/** Values of the labels whose sets are known when the server starts. */
export interface Known {
  readonly realm: ReadonlySet<string>;
  readonly method: ReadonlySet<string>;
  readonly route: ReadonlySet<string>;
}

export type Labels = Readonly<Record<string, string>>;

/** Who is told of every change besides, e.g. OpenTelemetry. The labels are those that count. */
export type Listener = (name: MetricName, value: number, labels: Labels) => void;

interface Series {
  readonly labels: Labels;
  value: number;
  readonly buckets: number[];
  sum: number;
}

/** What happened, as numbers: the metrics of `metricTable`, in the text format of Prometheus. */
export class Registry {
  readonly #known: Known;
  readonly #series = new Map<MetricName, Map<string, Series>>();
  readonly #listeners: Listener[] = [];

  constructor(known: Known) {
    this.#known = known;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** One more, or so many more, of a counter. */
  count(name: MetricName, labels: Labels = {}, by = 1): void {
    const series = this.#find(name, labels);
    series.value += by;
    this.#tell(name, by, series.labels);
  }

  /** Sets a gauge, or a counter that somebody else keeps. */
  set(name: MetricName, value: number, labels: Labels = {}): void {
    const series = this.#find(name, labels);
    series.value = value;
    if (metricTable[name].kind === 'gauge') this.#tell(name, value, series.labels);
  }

  /** One measurement of a histogram. */
  observe(name: MetricName, value: number, labels: Labels = {}): void {
    const { buckets = [] }: Metric = metricTable[name];
    const series = this.#find(name, labels);
    series.value += 1;
    series.sum += value;
    const at = buckets.findIndex((bound) => value <= bound);
    if (at !== -1) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
    this.#tell(name, value, series.labels);
  }

  /** Text format 0.0.4 of Prometheus. */
  text(): string {
    this.#measureProcess();
    const lines: string[] = [];
    for (const [name, series] of this.#series) {
      const metric: Metric = metricTable[name];
      lines.push(`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.kind}`);
      for (const one of series.values()) lines.push(...written(name, metric, one));
    }
    return `${lines.join('\n')}\n`;
  }

  #find(name: MetricName, given: Labels): Series {
    const labels = this.#allowed(name, given);
    const key = Object.values(labels).join('\n');
    let all = this.#series.get(name);
    if (!all) this.#series.set(name, (all = new Map<string, Series>()));
    let series = all.get(key);
    if (!series) {
      const { buckets = [] }: Metric = metricTable[name];
      all.set(key, (series = { labels, value: 0, buckets: buckets.map(() => 0), sum: 0 }));
    }
    return series;
  }

  /** The labels of a metric with values from their sets, and no others. */
  #allowed(name: MetricName, given: Labels): Labels {
    const { labels }: Metric = metricTable[name];
    return Object.fromEntries(
      Object.entries(labels).map(([label, of]) => {
        const value = given[label] ?? '';
        const fits = typeof of === 'string' ? this.#known[of].has(value) : of.includes(value);
        return [label, fits ? value : 'other'];
      }),
    );
  }

  #tell(name: MetricName, value: number, labels: Labels): void {
    for (const listener of this.#listeners) listener(name, value, labels);
  }

  #measureProcess(): void {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    this.set('process_cpu_seconds_total', (user + system) / 1e6);
    this.set('process_resident_memory_bytes', rss);
    this.set('nodejs_heap_size_used_bytes', heapUsed);
    this.set('process_start_time_seconds', Math.round(performance.timeOrigin / 10) / 100);
  }
}

function written(name: string, { kind, buckets = [] }: Metric, series: Series): readonly string[] {
  const { labels, value, sum } = series;
  if (kind !== 'histogram') return [`${name}${braces(labels)} ${value}`];
  let below = 0;
  const bounds = buckets.map((bound, index) => {
    below += series.buckets[index] ?? 0;
    return `${name}_bucket${braces({ ...labels, le: String(bound) })} ${below}`;
  });
  return [
    ...bounds,
    `${name}_bucket${braces({ ...labels, le: '+Inf' })} ${value}`,
    `${name}_sum${braces(labels)} ${sum}`,
    `${name}_count${braces(labels)} ${value}`,
  ];
}

/** Values are from closed sets, and have nothing in them that would have to be escaped but for a provider of one's own. */
function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
