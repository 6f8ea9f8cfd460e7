import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { awsSlim, slimOptions } from '../../../dev/aws-slim.mjs';
import type { createStore } from '../../../src/store/store.ts';

/** Builds a file of `src/store` with the slimmed SDK, as the executables have it. */
export async function bundleSlimmed(entry: string, outfile: string): Promise<BuildResult> {
  return await build({
    ...slimOptions,
    entryPoints: [resolve(import.meta.dirname, '../../../src/store', entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    metafile: true,
    plugins: [awsSlim()],
    logLevel: 'silent',
  });
}

/** `createStore` on the slimmed SDK, and the directory that it was built in, which its caller removes. */
export async function bundledStore(): Promise<{ createStore: typeof createStore; dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'slim-'));
  await bundleSlimmed('store.ts', join(dir, 'store.cjs'));
  const bundled = createRequire(import.meta.url)(join(dir, 'store.cjs')) as {
    createStore: typeof createStore;
  };
  return { createStore: bundled.createStore, dir };
}
