import type { Machine } from '../report/fleet-results.ts';
import type { FleetSettings } from './fleet-settings.ts';

/** The machines of a target: the active ones, which are updated, and those that converge when they resume. */
export interface Listing {
  readonly active: readonly Machine[];
  readonly skipped: readonly Machine[];
  /** How they were found, in words. */
  readonly source: string;
}

/** The URL to POST to, and the headers that make the request reach this machine and no other. */
interface Address {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A place with machines that can be updated. A third kind needs one more file with one of these. */
export interface Target {
  readonly name: string;
  /** The word for its machines in messages: singular and plural. */
  readonly noun: readonly [string, string];
  /** Where update_config answers; every address has its protocol. */
  readonly url: URL;
  /** @throws {Failure} `fleet-unreachable` or `config-invalid` */
  list(signal: AbortSignal): Promise<Listing>;
  address(machine: Machine): Address;
  /** Whether an answer must name this machine's id to count; false where the id is only our name for it. */
  readonly namesMachines: boolean;
  /** Whether its machines use the index in their own db dir if they have no object store. */
  readonly ownIndex: boolean;
  /** Whether the index is sent to its machines by default. */
  readonly pushed: boolean;
}

/** What a target is before its settings are read. */
export interface TargetKind extends Pick<Target, 'pushed'> {
  readonly create: (settings: FleetSettings) => Target;
}

/** An index as it is sent to machines. */
export interface Sending {
  readonly body: Buffer;
  /** Headers for one request only. */
  readonly headers: () => Readonly<Record<string, string>>;
}
