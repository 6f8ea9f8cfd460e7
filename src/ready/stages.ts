import type { Index } from '../index/index-model.ts';
import type { Tell } from '../report/events.ts';
import type { ItemFailure } from '../report/results.ts';
import type { Site } from '../site/site.ts';

/** What the ready hook does, in this order: an event without a database fails its visitor, a missing page does not. */
export const STAGES = ['tenants', 'pages'] as const;

export type StageName = (typeof STAGES)[number];

/** The stages of a round, in the order of `STAGES`; never empty. */
export type Scope = readonly StageName[];

interface StageRequest {
  /** Name of the step in events. */
  readonly step: StageName;
  /** Report what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Receives the events of the stage. */
  readonly tell: Tell;
}

export interface StageOutcome {
  readonly counts: Readonly<Record<string, number>>;
  /** What failed; everything else was done. */
  readonly failures: readonly ItemFailure[];
}

/** May throw if the whole stage fails; the other stages still run. */
export type Stage = (index: Index, request: StageRequest) => Promise<StageOutcome>;

export interface ReadyContext {
  readonly site: Site;
  /** A larger index is not read; absent for the usual limit. */
  readonly maxIndexBytes?: number;
  readonly report: Tell;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
  readonly stages: Readonly<Record<StageName, Stage>>;
}
