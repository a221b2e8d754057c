/** One rule as it is stored. */
export interface EnforcementRecord {
  readonly realm: string;
  readonly id: string;
  /** The rule as JSON. */
  readonly data: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EnforcementStore {
  rules(realm: string): Promise<readonly EnforcementRecord[]>;
}
