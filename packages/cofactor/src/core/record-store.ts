/** Who is told of what was recorded, and what of the record is no longer kept. */
export interface RecordStore {
  readonly kind: 'record';
}
