/** The name that somebody may have meant, e.g. `registration` for `registartion`; `null` where none is near. */
export function suggestion(typed: string, names: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(typed.length / 4));
  let best: string | null = null;
  let least = most + 1;
  for (const name of names) {
    const away = distance(typed.toLowerCase(), name.toLowerCase(), least);
    if (away >= least) continue;
    least = away;
    best = name;
  }
  return best;
}

/** Letters to change, add, leave out or swap with their neighbour; no more exactly than `enough`. */
function distance(one: string, other: string, enough: number): number {
  if (Math.abs(one.length - other.length) >= enough) return enough;
  let before: readonly number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const left = (next[j - 1] ?? 0) + 1;
      const above = (row[j] ?? 0) + 1;
      const across = (row[j - 1] ?? 0) + (same ? 0 : 1);
      next.push(Math.min(left, above, across, swapped ? (before[j - 2] ?? 0) + 1 : Infinity));
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? enough;
}
