import type { Value } from './request-model.ts';

/** A column of a row that is not the same on both sides. Of a secret only that it changed: both values are null. */
export interface PendingColumn {
  readonly column: string;
  /** What people call it. */
  readonly label: string;
  readonly from: Value;
  readonly to: Value;
}

/** One row that a push would add, change or remove. */
export interface PendingChange {
  readonly kind: 'region' | 'studio' | 'event' | 'user';
  readonly action: 'added' | 'changed' | 'removed';
  /** As ours has it, else as theirs: `boston`, `2027/boston/gala`. */
  readonly name: string;
  /** A sentence without its subject: `moved from iad to fra; locale from none to "de_DE"`. */
  readonly words: string;
  readonly columns: readonly PendingColumn[];
}

export interface Pending {
  /** Regions first, then studios, events and users. */
  readonly changes: readonly PendingChange[];
  /** Whether regions differ, so that machines must be made or removed: an update alone does not do it. */
  readonly needsDeployment: boolean;
}
