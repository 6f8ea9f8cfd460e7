import type { CallbackLevel, CallbackLine, LogsBody, StatusBody } from '../../callbacks/wire.ts';
import type { Page } from '../run-model.ts';
import type {
  ActiveKey,
  Project,
  ProjectKey,
  ReceivedFilter,
  ReceivedLine,
  ReceivedNews,
  ReceivedRun,
} from './deploy-model.ts';
import type { DeployStanding } from './deploy-standing.ts';

/** What became of one request. */
export interface Received {
  readonly run: ReceivedRun;
  /** Lines, or statuses, that were new. */
  readonly accepted: number;
  readonly duplicates: number;
  /** Of the duplicates, lines with another text than the one that was there, which stays. */
  readonly conflicts: number;
  /** Lines for which the run has no room: they are lost. */
  readonly refused: number;
}

/** A body of the nvoi gem's plan, which names no run: its lines have no numbers. */
interface PlanLogs {
  readonly deployId: string;
  readonly logs: readonly Omit<CallbackLine, 'seq'>[];
  /** SHA-256 of the bytes, in hexadecimal digits: the same bytes twice are a duplicate. */
  readonly digest: string;
}

/** The same for a status; what is not known is absent or null. */
export interface PlanStatus {
  readonly deployId: string;
  readonly digest: string;
  readonly status: 'started' | 'completed' | 'failed';
  readonly fields: Partial<
    Pick<ReceivedRun, 'gitSha' | 'gitRef' | 'ciProvider' | 'ciRunUrl' | 'error' | 'tunnels' | 'durationMs'>
  >;
}

/**
 * Runs that were received, in the same file as those of this server. Each request is one durable transaction, so what it
 * returns may be answered. Everything but `waitFor` is synchronous. @throws {Failure} `disk`: nothing of it was kept
 */
export interface Deploys {
  /**
   * @param project name of one that there is
   * @param sentAt milliseconds since 1970, by the clock of the sender: the `webhook-timestamp` of this attempt
   */
  logs(project: string, body: LogsBody, sentAt?: number): Received;
  /** The first end of a run is final, but `interrupted`, which gives way to a real one. */
  status(project: string, body: StatusBody, sentAt?: number): Received;
  planLogs(project: string, body: PlanLogs): Received;
  planStatus(project: string, body: PlanStatus): Received;

  /** Newest first. */
  list(filter?: ReceivedFilter): Page<ReceivedRun>;
  run(id: string): ReceivedRun | null;
  /** All runs of a deploy, in the order of their arrival. */
  runsOf(project: string, deploy: string): ReceivedRun[];
  /** How many runs stand where, by the present clock; those that none does are absent. */
  standings(): { readonly standing: DeployStanding; readonly count: number }[];
  /** Branches that the list may be filtered by, newest first. */
  branches(): string[];
  /** Lines with a number above `after`, in the order of their numbers; of all levels where none are given. */
  lines(id: string, after: number, limit: number, levels?: readonly CallbackLevel[]): ReceivedLine[];
  /** What came after a cursor, which counts from 0: one for each line, one for each change of the run's state. */
  news(id: string, cursor: number, limit: number): ReceivedNews;
  /** Resolves when the run has news after this cursor, at a change of its state, or when the time is up. */
  waitFor(id: string, cursor: number, ms: number, signal: AbortSignal): Promise<void>;

  readonly projects: Projects;
}

/** Projects and their keys. */
export interface Projects {
  all(): Project[];
  /** By its name, or by the token that it may have. */
  get(nameOrToken: string): Project | null;
  /** Made if need be. @throws {Failure} `usage`: a name that is none, or more than five keys that count */
  addKey(project: string, secret: string): ProjectKey;
  /** @returns false if there is no such key that counts */
  retireKey(project: string, id: string): boolean;
  keys(project: string): ProjectKey[];
  /** Those that count; none for a project that does not exist. */
  activeKeys(project: string): readonly ActiveKey[];
  setAcceptsPlan(project: string, accepts: boolean): void;
  /** A token that stands for the name in paths, as the plan has it: it is nowhere else, and ends the one before. */
  newToken(project: string): string;
}
