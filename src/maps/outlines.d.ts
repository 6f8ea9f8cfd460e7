/** The outlines of the region maps, drawn when the project is built (dev/outlines.mjs). */
declare module 'outlines:maps' {
  /** Paths (`d`) in tenths of a pixel; empty where there is nothing to draw. */
  interface Outline {
    /** Of the picture, in pixels. */
    readonly width: number;
    readonly height: number;
    readonly land: string;
    /** Lines between countries or states. */
    readonly borders: string;
    /** Land of other countries, drawn fainter. */
    readonly surroundings: string;
    /** Lines between provinces there. */
    readonly farBorders: string;
    /** Areas that cover the surroundings, because something from elsewhere is drawn there. */
    readonly insets: string;
    /** What the paths reach, in pixels: more than the picture where points can be beyond its edge. */
    readonly drawn: Readonly<Record<'left' | 'top' | 'width' | 'height', number>>;
    /**
     * Codes of states and provinces (`us`, `au`) or of countries, where each can be written, and how wide the area is
     * there; in pixels.
     */
    readonly names: readonly (readonly [code: string, x: number, y: number, width: number])[];
  }
  const outlines: Readonly<Record<'us' | 'eu' | 'au' | 'jp', Outline>>;
  export default outlines;
}

/** States, provinces and countries, drawn when the project is built (dev/areas.mjs). */
declare module 'outlines:areas' {
  interface Area {
    /** ISO 3166-1, two letters. */
    readonly country: string;
    /** Of a state or province: the second part of ISO 3166-2; null for a country. */
    readonly code: string | null;
    /** In English; null for a country. */
    readonly name: string | null;
    /** West, south, east, north: hundredths of a degree. */
    readonly box: readonly [number, number, number, number];
    /** Each the numbers of arcs; `~n` is arc n backwards. */
    readonly rings: readonly (readonly number[])[];
  }
  const areas: {
    /** Longitudes and latitudes in turn, in hundredths of a degree; but the first point, each is the way from the last. */
    readonly arcs: readonly string[];
    readonly areas: readonly Area[];
  };
  export default areas;
}
