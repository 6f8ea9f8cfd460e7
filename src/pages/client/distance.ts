/** Degrees. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** `42.36,-71.06`; null for anything else. */
export function readPosition(text: string | undefined): Position | null {
  const [lat = Number.NaN, lon = Number.NaN] = text?.split(',').map(Number.parseFloat) ?? [];
  return Number.isFinite(lat + lon) ? { lat, lon } : null;
}

/** Kilometres of the Earth's mean radius (IUGG). */
const RADIUS = 6371;
const RADIANS = Math.PI / 180;

/** Kilometres along a great circle. */
export function kilometresBetween(a: Position, b: Position): number {
  const [from, to, turn] = [a.lat, b.lat, b.lon - a.lon].map((degrees) => degrees * RADIANS) as [
    number,
    number,
    number,
  ];
  const { sin, cos, min, acos } = Math;
  return RADIUS * acos(min(1, sin(from) * sin(to) + cos(from) * cos(to) * cos(turn)));
}

/** Where roads are measured in miles. */
const MILES = /US|GB/;
const KM_PER_MILE = 1.609344;

/** Writes kilometres in English, in the unit of a visitor's country: `1,234 mi`, `12 km`, and `under 1 mi`. */
export function distanceWriter(visitor: string): (km: number) => string {
  const miles = MILES.test(new Intl.Locale(visitor).maximize().region ?? '');
  const unit = miles ? 'mile' : 'kilometer';
  const format = new Intl.NumberFormat('en', { style: 'unit', unit, maximumFractionDigits: 0 });
  return (km) => {
    const length = miles ? km / KM_PER_MILE : km;
    return length < 1 ? `under ${format.format(1)}` : format.format(length);
  };
}
