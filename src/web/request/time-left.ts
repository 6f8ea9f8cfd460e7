/** Milliseconds, the middle one; null for none. */
export function medianOf(times: readonly number[]): number | null {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export interface Timing {
  /** Milliseconds since 1970, all three. */
  readonly now: number;
  /** When the run began that publishes it; null while it waits. */
  readonly began: number | null;
  /** When the run began that it waits for; null for none. */
  readonly aheadBegan: number | null;
  /** Until then a retry waits; null for one that need not. */
  readonly notBefore: number | null;
  /** Milliseconds that earlier runs took; null where there are none. */
  readonly usual: number | null;
}

/** Milliseconds until it is probably over: 0 where it takes longer than usual, null where nobody can say. */
export function timeLeft({ now, began, aheadBegan, notBefore, usual }: Timing): number | null {
  if (usual === null) return null;
  if (began !== null) return Math.max(0, began + usual - now);
  const ahead = aheadBegan === null ? 0 : Math.max(0, aheadBegan + usual - now);
  const pause = notBefore === null ? 0 : Math.max(0, notBefore - now);
  return Math.max(ahead, pause) + usual;
}

/** `About 3 seconds left`; nothing where nobody can say. */
export function timeLeftWords(ms: number | null): string {
  if (ms === null) return '';
  if (ms <= 0) return 'It takes longer than usual';
  const seconds = Math.ceil(ms / 1000);
  if (seconds === 1) return 'About a second left';
  if (seconds < 90) return `About ${seconds} seconds left`;
  return `About ${Math.round(seconds / 60)} minutes left`;
}
