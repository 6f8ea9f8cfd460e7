import type { Metafile } from 'esbuild';

export interface Bundle {
  /** Modules by the parts that are read at once; the first is what every run needs. */
  readonly parts: readonly (readonly { readonly name: string; readonly text: string }[])[];
  readonly metafile: Metafile;
}

export function bundle(root: string, entry: string, buildId: string): Promise<Bundle>;
