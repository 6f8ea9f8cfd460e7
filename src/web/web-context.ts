import type { Trusted } from '../http/forwarded.ts';
import type { Logins } from '../http/logins.ts';
import type { Seals } from '../http/seals.ts';
import type { Mail } from '../mail/create-mail.ts';
import type { IndexEditor } from '../requests/index-editor.ts';
import type { IndexReader } from '../requests/index-reader.ts';
import type { Runs } from '../runs/runs.ts';
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
  readonly mail: Mail;
  readonly passwords: PasswordDesk;
  /** Rows of the live index. */
  readonly index: IndexReader;
  readonly editor: IndexEditor;
  /** Who there is by the index as it is now; cheap, since it remembers an index that has not changed. @throws {Failure} */
  readonly people: () => Promise<People>;
  readonly logins: Logins;
  readonly seals: Seals;
  readonly watchers: Watchers;
  readonly isTrusted: Trusted;
  /** Aborted when this server ends: nobody waits any more. */
  readonly ending: AbortSignal;
  readonly log: WebLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The log of the server. Secrets that are in the environment are taken out of it; never give it another one. */
export interface WebLog {
  note(message: string): void;
  warn(message: string): void;
  /** What was not foreseen, with its stack. */
  exception(error: unknown): void;
}
