import { complaint } from './fleet-words.ts';
import type { MachineProgress } from './machine-progress.ts';

/** Machines of one rank, in the order in which they came to it, and how many there are of each word for it. */
interface Rank {
  readonly members: Set<MachineProgress>;
  readonly words: Map<string, number>;
}

const RANKS = 5;
const PAUSING = 1;
const WAITING = 3;

/**
 * The machines of a run, those first that a person looks for: failed, pausing, asked, waiting, done. A change of one
 * machine costs the same whatever the number of the others, so a picture of a large fleet need not look at all of it.
 */
export class MachineRanks {
  readonly #ranks: readonly Rank[] = Array.from({ length: RANKS }, () => ({
    members: new Set(),
    words: new Map(),
  }));

  add(one: MachineProgress): void {
    const rank = this.#of(one);
    rank.members.add(one);
    rank.words.set(wordFor(one), (rank.words.get(wordFor(one)) ?? 0) + 1);
  }

  /** Call it before the machine changes. */
  remove(one: MachineProgress): void {
    const rank = this.#of(one);
    if (rank.members.delete(one)) rank.words.set(wordFor(one), (rank.words.get(wordFor(one)) ?? 1) - 1);
  }

  first(count: number): MachineProgress[] {
    const shown: MachineProgress[] = [];
    for (const { members } of this.#ranks) {
      for (const one of members) {
        if (shown.length === count) return shown;
        shown.push(one);
      }
    }
    return shown;
  }

  /** `3 asking`, `2 waiting`: all but these. */
  counts(without: readonly MachineProgress[]): string[] {
    const counts = new Map<string, number>();
    for (const { words } of this.#ranks) {
      for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
    }
    for (const one of without) counts.set(wordFor(one), (counts.get(wordFor(one)) ?? 1) - 1);
    return [...counts].flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
  }

  get waiting(): number {
    return this.#ranks[WAITING]?.members.size ?? 0;
  }

  /** Those that were asked at least once and are not done. */
  *underWay(): Iterable<MachineProgress> {
    for (const { members } of this.#ranks.slice(PAUSING, WAITING)) yield* members;
  }

  #of(one: MachineProgress): Rank {
    return this.#ranks[rankOf(one)] as Rank;
  }
}

function rankOf({ state, outcome }: MachineProgress): number {
  if (state === 'done') return outcome && complaint(outcome) !== null ? 0 : RANKS - 1;
  return { pausing: PAUSING, asking: 2, waiting: WAITING }[state];
}

function wordFor({ state, outcome }: MachineProgress): string {
  return state === 'done' ? (outcome?.outcome ?? 'done') : state;
}
