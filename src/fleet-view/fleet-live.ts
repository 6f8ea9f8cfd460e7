import { stripVTControlCharacters } from 'node:util';
import type { ItemEvent, Reporter, RunEvent } from '../report/events.ts';
import { nameOf } from '../report/fleet-results.ts';
import { displayWidth } from '../report/table.ts';
import { counted } from '../text.ts';
import { renderFrame, type View } from './fleet-frame.ts';
import { FleetProgress } from './fleet-progress.ts';
import { endLines, type FleetLines, fleetLines, storedLine } from './fleet-text.ts';
import { publishLines } from './fleet-words.ts';

/** A terminal. */
export interface Screen {
  /** Writes before it returns. */
  readonly write: (text: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly color: boolean;
}

const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Machines that are passed over are named up to so many. */
const MOST_SKIPPED = 10;

/**
 * A run as a person watches it: what does not change any more scrolls by, and below it stands a picture of what is under way, drawn
 * anew in its place, each line over the old one. A row above it is left alone: where the whole screen is cleared, tmux
 * keeps what was on it, ten pictures a second. The terminal is never set to anything, not even the cursor is hidden: so nothing needs to be
 * restored, however the run ends. No other screen is opened, so what was there at the end stays.
 */
export class LiveFleet {
  readonly #screen: Screen;
  readonly #progress = new FleetProgress();
  readonly #lines: FleetLines;
  /** Widths of the lines that stand there now. */
  #drawn: number[] = [];
  #closed = false;

  constructor(screen: Screen, options: { verbose: boolean }) {
    this.#screen = screen;
    this.#lines = fleetLines(options);
  }

  readonly report: Reporter = (event) => {
    this.#progress.apply(event);
    const lines = this.#lastingLines(event);
    if (lines.length > 0 || event.type === 'run-ended') this.#draw(Date.parse(event.at), lines);
  };

  /** Draws the picture anew; call it some times a second. `now` is milliseconds since 1970. */
  tick(now: number): void {
    this.#draw(now, []);
  }

  /** Says something, for good. */
  tell(line: string, now: number): void {
    this.#draw(now, [line]);
  }

  /** Goes on after the process was stopped: whatever else has been written meanwhile stays where it is. */
  resume(now: number): void {
    this.#drawn = [];
    this.#draw(now, []);
  }

  /** Draws no more. */
  close(): void {
    this.#closed = true;
  }

  /** Lines of an event that do not change any more. */
  #lastingLines(event: RunEvent): readonly string[] {
    const lines = this.#lines(event);
    switch (event.type) {
      case 'item':
        return this.#item(event, lines);
      case 'step-done':
        return event.name === 'find' && event.outcome === 'done' ? this.#found(event.detail) : [];
      case 'log':
      case 'note':
        return lines;
      case 'run-ended':
        return event.kind === 'fleet' ? endLines(event.result, this.#progress, this.#size().columns) : [];
      default:
        return [];
    }
  }

  #item(event: ItemEvent, lines: readonly string[]): readonly string[] {
    switch (event.kind) {
      case 'file':
        return 'publish' in event ? publishLines(event.publish) : [storedLine(event.standard)];
      case 'machine':
        // A dry run is made for what each one says; of all else the table tells enough.
        return event.outcome === 'dry-run' ? lines : [];
      default:
        return lines;
    }
  }

  #found(source: string): readonly string[] {
    const { machines, skipped, noun } = this.#progress;
    const names = skipped.slice(0, MOST_SKIPPED).map((one) => `${nameOf(one)} (${one.state})`);
    const more = skipped.length > MOST_SKIPPED ? [`and ${skipped.length - MOST_SKIPPED} more`] : [];
    return [
      `${counted(machines.size, noun[0])} running (${source})`,
      ...(skipped.length > 0 ? [`${skipped.length} skipped: ${[...names, ...more].join(', ')}`] : []),
    ];
  }

  #draw(now: number, above: readonly string[]): void {
    if (this.#closed) return;
    const { columns, rows } = this.#size();
    const view: View = { columns, rows, now, color: this.#screen.color };
    const frame = renderFrame(this.#progress, view);
    if (frame.length === 0 && above.length === 0 && this.#drawn.length === 0) return;
    const over = this.#drawnRows(columns);
    const back = over === 0 ? '' : `\r\x1b[${over}A`;
    if (above.length > 0) {
      const clear = over === 0 ? '' : CLEAR_BELOW;
      this.#screen.write(`${back}${clear}${[...above, ...frame].map((line) => `${line}\n`).join('')}`);
    } else {
      const lines = frame.map((line) => `${line}${CLEAR_LINE}\n`).join('');
      this.#screen.write(`${back}${lines}${over > frame.length ? CLEAR_BELOW : ''}`);
    }
    this.#drawn = frame.map((line) => displayWidth(stripVTControlCharacters(line)));
  }

  /** Rows of the picture that stands there. A terminal that became narrower has broken its lines into several. */
  #drawnRows(columns: number): number {
    return this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
  }

  #size(): { columns: number; rows: number } {
    const { columns, rows } = this.#screen.size();
    return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
  }
}
