import type { Reporter, Tell } from '../../report/events.ts';
import type { FleetOperation } from '../../report/fleet-results.ts';
import type { Scrubber } from '../../report/redact.ts';
import type { DashboardOptions } from './dashboard-options.ts';
import type { Stop } from './stop-signals.ts';

/** What is known of a run when its dashboard gets the news that it begins. */
export interface BegunRun {
  readonly report: Tell;
  readonly scrubber: Scrubber;
  readonly by: string;
  /** Names of the targets, with commas between them. */
  readonly target: string;
  /** Where the machines of each target are reached. */
  readonly places: readonly { readonly name: string; readonly url: URL }[];
}

/** Streams a run to a dashboard. Nothing here changes how the run goes, or its exit code. */
export interface DashboardLink {
  /** That must never be shown, in all their forms. */
  readonly secrets: readonly string[];
  readonly reporters: readonly Reporter[];
  /** Tells that the run begins, and the operator what there is to know of the dashboard. */
  begin(run: BegunRun): Promise<void>;
  /** Tells how the run ended, the only one to do so, and waits as long as that may take. Never rejects. */
  close(exitCode: number): Promise<void>;
}

/** The run whose dashboard is looked for. */
export interface LinkedRun {
  readonly run: string;
  readonly operation: FleetOperation;
  readonly options: DashboardOptions;
  readonly stop: Stop;
  /** All that a run must not show anyway. */
  readonly secrets: readonly string[];
}
