import { asFailure, problemOf } from '../failure.ts';
import type { ItemFailure, ItemOutcome } from '../report/results.ts';
import type { Steps } from '../report/steps.ts';
import type { SyncItem } from './upload-model.ts';

/** The counted outcomes, in the order in which they are shown. */
const COUNTS = [
  'uploaded',
  'to upload',
  'downloaded',
  'to download',
  'unchanged',
  'missing',
  'left alone',
  'changed elsewhere',
  'failed',
  'left',
] as const;

type Count = (typeof COUNTS)[number];

/** The outcome for each database, reported as it happens and summed up at the end. */
export class Tally {
  readonly items: SyncItem[] = [];
  readonly failures: ItemFailure[] = [];
  /** Databases that may have to be uploaded, and of which nothing is known yet. */
  readonly pending = new Set<string>();
  /** Whether no more uploads are tried, since the store is down. */
  gaveUp = false;
  readonly #marks = new Map<string, Count>();
  readonly #steps: Steps;
  readonly #unexpected: (error: unknown) => void;

  constructor(steps: Steps, unexpected: (error: unknown) => void) {
    this.#steps = steps;
    this.#unexpected = unexpected;
  }

  /** Sets the outcome of a database; the last call counts. */
  mark(name: string, what: Count): void {
    this.#marks.set(name, what);
  }

  /** Reports the outcome of a database as a line of its own. */
  item(action: SyncItem['action'], name: string, outcome: ItemOutcome, detail: string): void {
    this.items.push({ action, name, outcome, detail });
    const fate = { phase: 'done', outcome, detail, attempt: 1 } as const;
    this.#steps.say({ type: 'item', kind: 'tenant', step: action, name, ...fate });
  }

  /** @param name of a database, or of the inventory of a region, such as `inventory iad` */
  failed(step: SyncItem['action'] | 'inventory', name: string, error: unknown): void {
    const known = asFailure(error);
    if (known !== error) this.#unexpected(error);
    const problem = problemOf(known);
    this.failures.push({ step, name, ...problem });
    if (step === 'inventory') return;
    this.mark(name, problem.code === 'changed-elsewhere' ? 'changed elsewhere' : 'failed');
    this.item(step, name, 'failed', problem.message);
  }

  /** Counts that are not 0. */
  counts(): Record<string, number> {
    const marks = [...this.#marks.values()];
    const counts = COUNTS.map((what) => [what, marks.filter((mark) => mark === what).length] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }
}
