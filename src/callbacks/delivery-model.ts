import type {
  CallbackLine,
  CallbackOperation,
  CompletedBody,
  FailedBody,
  LostRange,
  StartedBody,
} from './wire.ts';

/** Where a dashboard is, and what requests to it are signed with. Secret. */
export interface Dashboard {
  /** `callback_url`, without a slash at the end of its path; its query is kept. */
  readonly url: URL;
  /** The text of the deploy key, as it is written. */
  readonly deployKey: string;
  /** Of Standard Webhooks; several while they are rotated. */
  readonly webhookKeys: readonly Buffer[];
}

/** The run that is reported. */
export interface ReportedRun {
  readonly deployId: string;
  readonly run: string;
  readonly operation: CallbackOperation;
  readonly by: string | null;
  readonly target: string;
}

/** As it is reported, before it has a number; already scrubbed. */
export type ReportedLine = Omit<CallbackLine, 'seq'>;

/** What delivery sets by itself. */
type Envelope = 'deploy_id' | 'run' | 'operation' | 'status_seq' | 'last_seq' | 'lost' | 'dropped';

export type ReportedStart = Omit<StartedBody, Envelope>;
export type ReportedEnd = Omit<CompletedBody, Envelope> | Omit<FailedBody, Envelope>;

/** Delivers one run. Nothing here throws, and nothing but `close` takes time. */
export interface Delivery {
  start(started: ReportedStart): void;
  line(line: ReportedLine): void;
  /** Once; what comes after the first counts for nothing. */
  end(ended: ReportedEnd): void;
  /**
   * Sends what is left, as long as it may take, then what earlier runs have left.
   *
   * @param isStopped whether a signal ended the run: then there is half of the time
   */
  close(isStopped: boolean): Promise<Delivered>;
}

/** What is to be said at the end. */
export interface Delivered {
  /** Lines of this run that the dashboard does not have yet; the next run sends them. */
  readonly unsent: number;
  /** Whether the dashboard has the end of the run. */
  readonly hasEnd: boolean;
  readonly lost: readonly LostRange[];
  /** What is to be said of it, and of what earlier runs have left; null where all is well. */
  readonly note: string | null;
}
