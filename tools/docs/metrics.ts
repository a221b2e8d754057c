/** The page about metrics, made from the table that the server counts by. */
import { metricTable, type Metric } from '../../packages/server/src/server/metrics/names.ts';
import { prose } from './words.ts';

export function metricsPage(made: string): string {
  const all = Object.entries(metricTable as Readonly<Record<string, Metric>>);
  return [
    made,
    '# Metrics of the server',
    'What Prometheus gets at `/metrics` of [metricsPort](settings.md#metricsport). Labels come from closed sets, and what is in none of them counts as `other`: nothing that somebody types becomes a label.',
    ...all.flatMap(([name, { kind, help, labels, buckets }]) => {
      const facts = [
        `- A ${kind}${buckets ? `, with buckets up to ${buckets.join(', ')}` : ''}.`,
        ...Object.entries(labels).map(([label, values]) => `- \`${label}\`: ${valuesOf(values)}`),
      ];
      return [`## ${name}`, prose(help), facts.join('\n')];
    }),
  ].join('\n\n');
}

function valuesOf(values: Metric['labels'][string]): string {
  if (values === 'realm') return '`users` or `members`';
  if (values === 'method') return 'the name of the provider';
  if (values === 'route') return 'the pattern of the route';
  return values.map((value) => `\`${value}\``).join(', ');
}
