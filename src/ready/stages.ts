import type { Index } from '../index/index-model.ts';
import type { Tell } from '../report/events.ts';
import type { ItemFailure } from '../report/results.ts';
import type { Site } from '../site/site.ts';

/** What the ready hook does, in this order: an event without a database fails its visitor, a missing page does not. */
export const STAGES = ['tenants', 'pages'] as const;

export type StageName = (typeof STAGES)[number];

/** What a round shall do, in the order of `STAGES`; never empty. */
export type Scope = readonly StageName[];

interface StageRequest {
  /** Name of the step in events. */
  readonly step: StageName;
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Gets the reports of its work. */
  readonly tell: Tell;
}

export interface StageOutcome {
  readonly counts: Readonly<Record<string, number>>;
  /** What could not be done; the rest was. */
  readonly failures: readonly ItemFailure[];
}

/** May throw for what ends the stage as a whole; the other stages go on. */
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
