import type { Machine } from '../report/fleet-results.ts';

/** The machines of a target: those to be updated, and those that converge when they resume. */
export interface Listing {
  readonly active: readonly Machine[];
  readonly skipped: readonly Machine[];
  /** How they were found, in words. */
  readonly source: string;
}

/** Where to POST, and with which headers to reach one machine and no other. */
interface Address {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Somewhere that can be updated. A third kind is one more file with one of these. */
export interface Target {
  readonly name: string;
  /** What its machines are called to a person: one, and several. */
  readonly noun: readonly [string, string];
  /** Where update_config answers; every address has its protocol. */
  readonly url: URL;
  /** @throws {Failure} `fleet-unreachable` or `config-invalid` */
  list(signal: AbortSignal): Promise<Listing>;
  address(machine: Machine): Address;
  /** Whether an answer must name this machine's id to count; false where the id is only our name for it. */
  readonly namesMachines: boolean;
  /** Whether it works from the index in its own db dir where it has no object store. */
  readonly ownIndex: boolean;
  /** Whether its machines are sent the index themselves where nobody asks for anything else. */
  readonly pushed: boolean;
}

/** An index as it is sent to machines. */
export interface Sending {
  readonly body: Buffer;
  /** Of one request, which they are good for alone. */
  readonly headers: () => Readonly<Record<string, string>>;
}
