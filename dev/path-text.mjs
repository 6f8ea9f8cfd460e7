/** Where d3-geo draws: collects the shortest text of an SVG path, in whole tenths of a pixel, each point by its way from the last. */
export class PathText {
  #text = '';
  /** Of the line or ring that is being drawn. */
  #points = [];
  #closed = false;

  moveTo(x, y) {
    this.#finish();
    this.#points = [[Math.round(x * 10), Math.round(y * 10)]];
    this.#closed = false;
  }

  lineTo(x, y) {
    const point = [Math.round(x * 10), Math.round(y * 10)];
    const last = this.#points.at(-1);
    if (point[0] !== last[0] || point[1] !== last[1]) this.#points.push(point);
  }

  closePath() {
    this.#closed = true;
  }

  /** Only points of point geometries are drawn with it. */
  arc() {}

  toString() {
    this.#finish();
    return this.#text;
  }

  #finish() {
    const points = this.#points;
    this.#points = [];
    if (points.length < (this.#closed ? 3 : 2)) return;
    let [x, y] = points[0];
    let text = `M${pair(x, y)}l`;
    for (const [toX, toY] of points.slice(1)) {
      const step = pair(toX - x, toY - y);
      text += text.endsWith('l') || step.startsWith('-') ? step : ` ${step}`;
      [x, y] = [toX, toY];
    }
    this.#text += this.#closed ? `${text}z` : text;
  }
}

/** Two numbers as text; a minus needs no separator before it. */
export function pair(x, y) {
  return y < 0 ? `${x}${y}` : `${x} ${y}`;
}
