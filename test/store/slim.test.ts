import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { awsSlim, slimOptions } from '../../dev/aws-slim.mjs';
import type { createStore } from '../../src/store/store.ts';
import { startEmbedded } from '../support/embedded.ts';
import { storeContract } from './contract.ts';

const dir = mkdtempSync(join(tmpdir(), 'slim-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function bundle(entry: string, outfile: string) {
  return build({
    ...slimOptions,
    entryPoints: [resolve(import.meta.dirname, '../../src/store', entry)],
    outfile: join(dir, outfile),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    metafile: true,
    plugins: [awsSlim()],
    logLevel: 'silent',
  });
}

// What the bundles run, rather than the SDK as a whole, must be the same store.
await bundle('store.ts', 'store.cjs');
const bundled = createRequire(import.meta.url)(join(dir, 'store.cjs')) as { createStore: typeof createStore };
storeContract(startEmbedded, bundled.createStore);

test('the bundled reader has no credential chain, configuration files or metadata look-ups in it', async () => {
  const { metafile } = await bundle('reader.ts', 'reader.cjs');
  const [output] = Object.values(metafile?.outputs ?? {});
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const unwanted = used
    .map(([path]) => path)
    .filter((path) => /credential-provider|ini-file|nested-clients|token-providers/.test(path));
  expect(unwanted).toEqual([]);
  // 109 kB when this was written; 596 kB without the plugin.
  expect(output?.bytes).toBeLessThan(130_000);
});
