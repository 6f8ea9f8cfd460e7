/** When something is, as far as it is known: days or months of ISO 8601; `from` is empty where only the year is known. */
export interface Dated {
  readonly from: string;
  readonly to: string;
}

/** Whether the last of the days is before today (`YYYY-MM-DD`); a month lasts to its end. */
export function isOver({ to }: Dated, today: string): boolean {
  return to !== '' && (to.length === 7 ? `${to}-31` : to) < today;
}

/** Kilometres from a chosen place; null where either is not known. */
interface Measured {
  readonly km: number | null;
}

/** What has no place comes behind all that has. */
const FAR = 1e5;

/** Nearest first; all within `least` kilometres is equally near. */
export function byDistance(a: Measured, b: Measured, least = 0): number {
  return Math.max(a.km ?? FAR, least) - Math.max(b.km ?? FAR, least);
}

/** Kilometres that people drive for a dance: within 100 miles the day matters, not the way. */
const DRIVE = 161;

/** What is on next: what today's and later days are known of, earliest first; what is beyond a drive, by its distance after it. */
export function nextOf<T extends Dated & Measured>(all: readonly T[], today: string): T[] {
  return all
    .filter((one) => one.from !== '' && !isOver(one, today))
    .sort((a, b) => byDistance(a, b, DRIVE) || a.from.localeCompare(b.from));
}

/** A day of the visitor's own calendar, as `YYYY-MM-DD`, which is how Swedish writes it. */
export function dayOf(now: Date): string {
  return now.toLocaleDateString('sv');
}
