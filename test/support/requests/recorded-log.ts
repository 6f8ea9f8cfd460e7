import type { ChangeLog, LiveAddress, NewChange, Values } from '../../../src/requests/request-model.ts';

interface Recorded extends NewChange {
  readonly id: string;
  state: 'intended' | 'saved' | 'dropped' | 'doubted';
}

interface Done {
  readonly after: Values | null;
  readonly live: LiveAddress | null;
  readonly publish: boolean;
}

/** A log of changes that remembers everything it was told, in order. */
export class RecordedLog implements ChangeLog {
  readonly entries: Recorded[] = [];
  readonly saves: Done[] = [];

  intend(change: NewChange): string {
    const id = `c${this.entries.length + 1}`;
    this.entries.push({ ...change, id, state: 'intended' });
    return id;
  }

  saved(id: string, done: Done): void {
    this.find(id).state = 'saved';
    this.saves.push(done);
  }

  drop(id: string): void {
    this.find(id).state = 'dropped';
  }

  doubt(id: string): void {
    this.find(id).state = 'doubted';
  }

  find(id: string): Recorded {
    const entry = this.entries.find((one) => one.id === id);
    if (!entry) throw new Error(`no change ${id}`);
    return entry;
  }

  get last(): Recorded {
    return this.find(`c${this.entries.length}`);
  }
}
