/** What was brought over from another system. */
export interface ImportStore {
  readonly kind: 'import';
}
