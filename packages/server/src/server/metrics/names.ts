/** One metric: everything that is known of it stands here, for the registry, OpenTelemetry and the documentation. */
export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Values that each label may have. `realm`, `method` and `route` are sets that the server knows when it starts. */
  readonly labels: Readonly<Record<string, readonly string[] | 'realm' | 'method' | 'route'>>;
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const results = [
  'done',
  'more-needed',
  'wrong',
  'replayed',
  'waiting',
  'pending',
  'refused',
  'busy',
  'unavailable',
] as const;

/**
 * Every metric of the server. Labels come from closed sets, and what is in none of them counts as `other`: so nothing that
 * somebody types becomes a label, and no series is made by whoever asks for strange addresses (I-28, A-215).
 */
export const metricTable = Object.freeze({
  cofactor_sign_ins_total: {
    kind: 'counter',
    help: 'Answered steps of sign-ins, by the method that was answered with and how that ended.',
    labels: { realm: 'realm', method: 'method', result: results },
  },
  cofactor_step_ups_total: {
    kind: 'counter',
    help: 'Answered steps of confirmations within a session, likewise.',
    labels: { realm: 'realm', method: 'method', result: results },
  },
  cofactor_sessions_total: {
    kind: 'counter',
    help: 'Sessions made.',
    labels: { realm: 'realm' },
  },
  cofactor_lockouts_total: {
    kind: 'counter',
    help: 'wait: tries that were turned away for a while. disabled: second factors that too many tries have disabled.',
    labels: { realm: 'realm', kind: ['wait', 'disabled'] },
  },
  cofactor_hash_queue_depth: {
    kind: 'gauge',
    help: 'Password hashes that wait for their turn.',
    labels: {},
  },
  cofactor_hash_queue_wait_seconds: {
    kind: 'histogram',
    help: 'How long password hashes waited for their turn.',
    labels: {},
    buckets: seconds,
  },
  cofactor_hash_queue_refusals_total: {
    kind: 'counter',
    help: 'Sign-ins that were turned away because too many passwords waited to be hashed.',
    labels: {},
  },
  cofactor_mails_total: {
    kind: 'counter',
    help: 'Mails handed over to the mail server, or not.',
    labels: { result: ['sent', 'failed'] },
  },
  cofactor_database_errors_total: {
    kind: 'counter',
    help: 'Questions to the database that failed. unavailable: it is away or busy. broken: anything else.',
    labels: { kind: ['unavailable', 'broken'] },
  },
  cofactor_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'How long requests took, by the pattern of their route and the class of the answer.',
    labels: {
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      route: 'route',
      status: ['1xx', '2xx', '3xx', '4xx', '5xx'],
    },
    buckets: seconds,
  },
  process_cpu_seconds_total: { kind: 'counter', help: 'Processor time spent.', labels: {} },
  process_resident_memory_bytes: { kind: 'gauge', help: 'Memory of the process.', labels: {} },
  process_start_time_seconds: { kind: 'gauge', help: 'When the process began, as Unix time.', labels: {} },
  nodejs_heap_size_used_bytes: { kind: 'gauge', help: 'What of that JavaScript uses.', labels: {} },
} as const satisfies Readonly<Record<string, Metric>>);

export type MetricName = keyof typeof metricTable;
