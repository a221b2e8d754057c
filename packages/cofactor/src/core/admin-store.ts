/** What a back office and a command line ask of a database beyond what people do for themselves. */
export interface AdminStore {
  /** How many accounts a realm has. */
  count(realm: string): Promise<number>;
}
