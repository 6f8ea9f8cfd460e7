import type { Problem } from '../failure.ts';
import type { BodyPlaces } from '../http/body-places.ts';
import type { Trusted } from '../http/forwarded.ts';
import type { Logins } from '../http/logins.ts';
import type { Seals } from '../http/seals.ts';
import type { TokenBuckets } from '../http/token-buckets.ts';
import type { Mail } from '../mail/create-mail.ts';
import type { IndexEditor } from '../requests/index-editor.ts';
import type { IndexReader } from '../requests/index-reader.ts';
import type { Pending } from '../requests/pending-model.ts';
import type { Deploys } from '../runs/deploys/deploys.ts';
import type { FleetCheck } from '../runs/fleet-check.ts';
import type { Runs } from '../runs/runs.ts';
import type { Webhooks } from '../webhooks/create-webhooks.ts';
import type { HookSettings } from '../webhooks/hook-settings.ts';
import type { Meters } from './monitor/meters.ts';
import type { Storage } from './monitor/storage.ts';
import type { PasswordDesk } from './password/password-desk.ts';
import type { People } from './person.ts';
import type { Watchers } from './watcher-count.ts';

/** Everything that the pages work with, given by `app/web/`. */
export interface WebContext {
  /** What every path of the site begins with: empty, or such as `/showcase`. */
  readonly base: string;
  /** What `scripts/config-update --target` takes: the usual target. */
  readonly target: string;
  /**
   * Where a target's events are to be seen, without a slash at the end: `https://smooth.fly.dev/showcase`. Null where nobody
   * has said it. Redirects to other sites come from here alone.
   */
  readonly publicUrl: (target: string) => string | null;
  /** Host names of all of these. */
  readonly publicHosts: readonly string[];
  /** Where these pages are seen, without a slash at the end, for mails; null where nobody has said it. */
  readonly webUrl: string | null;
  readonly runs: Runs;
  /** Runs that were received from elsewhere. */
  readonly deploys: Deploys;
  readonly mail: Mail;
  readonly passwords: PasswordDesk;
  /** Rows of the live index. */
  readonly index: IndexReader;
  readonly editor: IndexEditor;
  /** Who there is by the index as it is now; cheap, since it remembers an index that has not changed. @throws {Failure} */
  readonly people: () => Promise<People>;
  /** What the machines say when they are asked, which pages never wait for. */
  readonly fleet: {
    /** Whether they have what is published. */
    readonly verify: FleetCheck;
    /** What an update would do. */
    readonly rehearse: FleetCheck;
  };
  /** What the index of this host has that the store's does not. Takes 5 s at most. @throws {Failure} `index-missing` and the like */
  readonly comparePublished: () => Promise<Comparison>;
  readonly deployment: Deployment;
  /** Names of the event databases on this host. @throws {Failure} `disk` */
  readonly databases: () => ReadonlySet<string>;
  readonly logins: Logins;
  readonly seals: Seals;
  readonly watchers: Watchers;
  /**
   * How often signed requests of runs elsewhere may come: from an address before they are verified, of a project after it;
   * and how many bytes these may have.
   */
  readonly callbackRates: {
    readonly address: TokenBuckets;
    readonly project: TokenBuckets;
    readonly bytes: TokenBuckets;
  };
  /** Requests of other programs that ask for updates. */
  readonly hooks: HookSettings & {
    /** How often they may come: from an address before they are verified, and all that are, together. */
    readonly rates: { readonly address: TokenBuckets; readonly verified: TokenBuckets };
    /** Bucket of the index; null where there is no store. */
    readonly bucket: string | null;
    /** Those of the usual targets whose machines fetch the index from the store, as `--target` takes them; null for none. */
    readonly storeTarget: string | null;
  };
  /** What other programs are told. */
  readonly webhooks: Webhooks;
  /** What monitors ask for. */
  readonly meters: Meters;
  /** By which programs elsewhere may; null for none. */
  readonly metricsToken: string | null;
  readonly storage: Storage;
  /** For bodies of signed requests that are on their way, of senders that nobody knows yet. */
  readonly bodies: BodyPlaces;
  readonly isTrusted: Trusted;
  /** Aborted when this server ends: nobody waits any more. */
  readonly ending: AbortSignal;
  readonly log: WebLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type Comparison =
  | {
      readonly kind: 'compared';
      readonly pending: Pending;
      /** ISO 8601, UTC. */
      readonly publishedAt: string;
      /** `user@host`; null where its publisher did not say. */
      readonly publishedBy: string | null;
    }
  /** There is none: machines are sent the index. */
  | { readonly kind: 'no-store' }
  /** The store has no index. */
  | { readonly kind: 'not-published' }
  /** The store, or an index, could not be read. */
  | { readonly kind: 'unknown'; readonly problem: Problem };

/** How the application itself is brought to the machines, which an update does not do. */
export interface Deployment {
  /** What deploys it. */
  readonly command: string;
  /** Whether this server may run it; else it is typed by somebody. */
  readonly isRunHere: boolean;
  /** What of its code is not deployed, a line each. Takes 10 s at most, and never rejects. */
  readonly codeChanges: () => Promise<CodeChanges>;
}

export type CodeChanges =
  | { readonly kind: 'known'; readonly changes: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

/** The log of the server. Secrets that are in the environment are taken out of it; never give it another one. */
export interface WebLog {
  note(message: string): void;
  warn(message: string): void;
  /** What was not foreseen, with its stack. */
  exception(error: unknown): void;
}
