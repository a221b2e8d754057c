/** Where this browser keeps the key with which it approves for somebody. */
const nameOf = (place) => `approval-key ${place}`;

/** Keeps a key; false where this browser keeps nothing, as in some private windows. */
export function keepKey(place, key) {
  try {
    localStorage.setItem(nameOf(place), key);
    return keyFor(place) === key;
  } catch {
    return false;
  }
}

/** The key, or nothing. */
export function keyFor(place) {
  try {
    return localStorage.getItem(nameOf(place)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Puts back what was kept before, where the new key was not taken. */
export function restoreKey(place, before) {
  if (before === undefined) localStorage.removeItem(nameOf(place));
  else keepKey(place, before);
}
