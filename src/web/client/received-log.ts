import type { LostRange } from '../../callbacks/wire.ts';
import { gapLine, gapLines } from '../deploys/received-lines.ts';
import type { LogLine } from '../run/log-lines.ts';
import type { LogModel } from './log-model.ts';

/**
 * Lines that come in any order, several times, or never: in the place of each that is not there stands a line that says
 * so, until it is filled. Every number from 1 to the highest is in the model, by a line of its own or in such a gap.
 */
export class ReceivedLog {
  readonly #model: LogModel;
  #lost: readonly LostRange[] = [];
  /** Numbers between these were not asked for yet. */
  #loadedTo: number;
  readonly #loadedFrom: number;
  /** When the last line was written: the time of a gap. */
  #at: string;

  /**
   * @param from the lowest number above which everything that there is comes by `add`; what is below comes by `addEarlier`
   * @param at a time for gaps before the first line
   */
  constructor(model: LogModel, { from, at }: { from: number; at: string }) {
    this.#model = model;
    this.#loadedFrom = from;
    this.#loadedTo = from > 1 ? 0 : from - 1;
    this.#at = at;
    if (from > 1) model.add(this.#gaps(1, from - 1));
  }

  /** The lowest number above which everything came at once. */
  get from(): number {
    return this.#loadedFrom;
  }

  /** Numbers up to this one were looked for. */
  get loadedTo(): number {
    return this.#loadedTo;
  }

  /** @param lines with numbers above `loadedTo`, all that there are up to `upTo`, in order */
  addEarlier(lines: readonly LogLine[], upTo: number): void {
    this.#loadedTo = Math.max(this.#loadedTo, upTo);
    this.#fill(lines);
    if (lines.length === 0 || this.#loadedTo >= this.#loadedFrom - 1) this.#sayGaps();
  }

  /** @param lines in any order */
  add(lines: readonly LogLine[]): void {
    this.#fill(lines.toSorted((one, other) => one.seq - other.seq));
  }

  /**
   * @param lost ranges that the sender gave up
   * @param end the highest number that there should be, once no more of them is on its way; else 0
   */
  expect(lost: readonly LostRange[], end: number): void {
    const isNew = JSON.stringify(lost) !== JSON.stringify(this.#lost);
    this.#lost = lost;
    if (isNew) this.#sayGaps();
    if (end > this.#top) this.#model.add(this.#gaps(this.#top + 1, end));
  }

  /** The highest number that has a line, or stands in a gap. */
  get #top(): number {
    const line = this.#model.lines.at(-1);
    return line ? (line.last ?? line.seq) : 0;
  }

  /** @param lines by their numbers */
  #fill(lines: readonly LogLine[]): void {
    for (let at = 0; at < lines.length; ) {
      const first = lines[at];
      if (!first) return;
      const top = this.#top;
      const hole = first.seq > top ? null : this.#holeOf(first.seq);
      const until = hole === null ? Number.POSITIVE_INFINITY : hole.last;
      let end = at + 1;
      while (lines[end]?.seq === first.seq + end - at && (lines[end]?.seq ?? 0) <= until) end++;
      const part = lines.slice(at, end);
      this.#at = part.at(-1)?.at ?? this.#at;
      if (first.seq > top) {
        this.#model.add([...this.#gaps(top + 1, first.seq - 1), ...part]);
        at = end;
      } else if (hole !== null) {
        const before = this.#gaps(hole.first, first.seq - 1);
        this.#model.replace(hole.at, 1, [...before, ...part, ...this.#gaps(first.seq + end - at, hole.last)]);
        at = end;
      } else at += 1;
    }
  }

  /** The gap that has this number; null where that line is there. */
  #holeOf(seq: number): { at: number; first: number; last: number } | null {
    const { lines } = this.#model;
    const next = this.#model.indexOf(seq);
    const at = lines[next]?.seq === seq ? next : next - 1;
    const line = lines[at];
    return line?.last !== undefined && line.last >= seq ? { at, first: line.seq, last: line.last } : null;
  }

  #gaps(first: number, last: number): LogLine[] {
    const [from, to] = [Math.max(first, this.#loadedTo + 1), Math.min(last, this.#loadedFrom - 1)];
    const known = (a: number, b: number) => gapLines(a, b, this.#lost, this.#at);
    if (from > to) return known(first, last);
    return [...known(first, from - 1), gapLine(from, to, 'load', this.#at), ...known(to + 1, last)];
  }

  /** Says of each gap what is known now. */
  #sayGaps(): void {
    const { lines } = this.#model;
    for (let at = 0; at < lines.length; at++) {
      const first = lines[at];
      if (first?.last === undefined) continue;
      let count = 1;
      while (lines[at + count]?.last !== undefined) count++;
      const old = lines.slice(at, at + count);
      const made = this.#gaps(first.seq, old.at(-1)?.last ?? first.last);
      if (made.map(({ text }) => text).join() !== old.map(({ text }) => text).join())
        this.#model.replace(at, count, made);
      at += made.length - 1;
    }
  }
}
