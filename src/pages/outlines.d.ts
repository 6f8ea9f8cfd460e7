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
    /** Areas that cover the surroundings, because something from elsewhere is drawn there. */
    readonly insets: string;
  }
  const outlines: Readonly<Record<'us' | 'eu' | 'au' | 'jp', Outline>>;
  export default outlines;
}
