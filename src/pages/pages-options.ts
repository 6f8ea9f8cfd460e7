/** What pages depend on beside the index: where and how they are served. */
export interface PagesOptions {
  /** `server.root_path` of the static configuration: empty or such as `/showcase`. */
  readonly root: string;
  /** Whether requests go to showcase-web, which lets the owners of studios in. */
  readonly hasWeb: boolean;
  /** Whether the platform's demo and documentation are served beside the pages. */
  readonly hasPlatform: boolean;
  /** Whether this machine serves the events of all regions itself, so that no studio is served from its own. */
  readonly isAlone: boolean;
  /**
   * Where visitors shall see the pages, without a slash at its end, such as `https://smooth.fly.dev/showcase`; null where
   * nobody has said so: then no address of a host is in any page.
   */
  readonly address: string | null;
  /** Whether this machine only stands in for the one at that address. */
  readonly isCopy: boolean;
  /** Names of the files that stand in the public directory itself, where the application has the logos of studios. */
  readonly files: ReadonlySet<string>;
  /** Whether a path from the host's top, such as `/showcase/studios/`, is answered without a login. */
  isPublic(path: string): boolean;
}

/** The options of pages that show the index alone, without anything that surrounds them on a host. */
export function plainOptions(root: string): PagesOptions {
  return {
    root,
    hasWeb: false,
    hasPlatform: false,
    isAlone: false,
    address: null,
    isCopy: false,
    files: new Set(),
    isPublic: () => false,
  };
}
