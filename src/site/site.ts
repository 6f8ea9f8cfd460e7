import type { DataMapping } from './data.ts';

export type Deployment = 'fly' | 'kamal' | 'local';

/** The variables of the web part, not validated yet: `webSettingOf` does that where they are needed. */
export interface WebVariables {
  /** `SHOWCASE_WEB` */
  readonly showcaseWeb: string;
  /** `WEB_LISTEN`; empty where it is unset, or where showcase-web runs elsewhere. */
  readonly webListen: string;
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
  /** Null for no web part. A wrong value stops updates that somebody asked for, and nothing else (`webSettingOf`). */
  readonly web: WebVariables | null;
  /** The parsed override file for the static part of navigator.yml, already validated; null for none. */
  readonly overrides: DataMapping | null;
  /** Keys of the override file that have no effect, one sentence each; absent for none. */
  readonly overrideCautions?: readonly string[];
}
