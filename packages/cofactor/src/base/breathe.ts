/**
 * Lets everybody else have a turn. To be called between the pieces of long work: SQLite answers at once, so that a loop over
 * it alone never goes back to the event loop, and nobody could sign in meanwhile (I-30).
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
