import type { DataMapping } from './data.ts';

export type Deployment = 'fly' | 'kamal' | 'local';

/** Where the web part of a site answers. */
export type WebSetting =
  /** On this machine, where Navigator runs it. */
  | { readonly kind: 'here'; readonly listen: Listen }
  /** On the host that owns the index; `url` is absolute, its base path included, without a final slash. */
  | { readonly kind: 'elsewhere'; readonly url: string };

/** An address of this machine alone. */
export interface Listen {
  /** `127.0.0.1`, `localhost` or the like; `::1` without brackets. */
  readonly host: string;
  /** TCP port; 0 for a free one. */
  readonly port: number;
}

/** Everything that depends on the machine and its environment, and nothing that depends on the index. */
export interface Site {
  readonly deployment: Deployment;
  /** Absolute; `/rails` in production. */
  readonly appRoot: string;
  /** Absolute; holds `index.sqlite3` and the tenant databases. */
  readonly dbDir: string;
  readonly storageDir: string;
  /** Where log files go; null for none: then only the CGI logs, on standard error. */
  readonly logDir: string | null;
  /** Fly app such as `smooth`; null elsewhere. */
  readonly appName: string | null;
  /** Fly region of this machine such as `iad`; null elsewhere. */
  readonly region: string | null;
  /** `FLY_MACHINE_ID`, `KAMAL_CONTAINER_NAME`, else the host name. */
  readonly machineId: string;
  /** TCP port that Navigator listens on. */
  readonly listenPort: number;
  /** Whole GiB of memory of this machine. */
  readonly memoryGiB: number;
  /** Where the web part answers; null for none. */
  readonly web: WebSetting | null;
  /** The parsed override file for the static part of navigator.yml, already validated; null for none. */
  readonly overrides: DataMapping | null;
  /** Keys of the override file that have no effect, one sentence each; absent for none. */
  readonly overrideCautions?: readonly string[];
}
