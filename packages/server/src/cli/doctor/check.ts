/** What one look found. */
export interface Check {
  /** What was looked at; of each there may be several lines. */
  readonly check:
    | 'settings'
    | 'origin'
    | 'data folder'
    | 'database file'
    | 'keys'
    | 'database'
    | 'migrations'
    | 'clock'
    | 'stored secrets'
    | 'owner'
    | 'record'
    | 'mail';
  readonly status: 'ok' | 'warning' | 'problem' | 'not-applicable';
  readonly message: string;
  /** What to do. */
  readonly next?: string;
}
