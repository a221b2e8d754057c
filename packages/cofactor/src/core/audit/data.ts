/** Whoever wrote to the database may have left anything there; the verifier says so, and people still have to look at it. */
export function dataOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : { unreadable: text };
  } catch {
    return { unreadable: text };
  }
}
