/** Single operations that somebody confirms. */
export interface OperationStore {
  readonly kind: 'operation';
}
