type Key = Readonly<Record<string, string>>;

export declare function place(path: string, content: string | Uint8Array, mode: number): Promise<void>;
export declare function writeStamp(
  path: string,
  root: string,
  key: Key,
  made: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Promise<void>;
export declare function isCurrent(path: string, root: string, key: Key): Promise<boolean>;
export declare function findForeign(
  stampPath: string,
  root: string,
  outDir: string,
  made: { readonly executables: Key; readonly beside: readonly string[] },
): Promise<string[]>;
