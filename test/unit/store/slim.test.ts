import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundledStore, bundleSlimmed } from '../../support/store/bundled-store.ts';
import { storeContract } from '../../support/store/contract.ts';
import { startEmbedded } from '../../support/store/embedded.ts';

// What the bundles run, rather than the SDK as a whole, must be the same store.
const { createStore, dir } = await bundledStore();
afterAll(() => rmSync(dir, { recursive: true }));
storeContract(startEmbedded, createStore);

test('the bundled reader has no credential chain, configuration files or metadata look-ups in it', async () => {
  const { metafile } = await bundleSlimmed('reader.ts', join(dir, 'reader.cjs'));
  const [output] = Object.values(metafile?.outputs ?? {});
  const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const unwanted = used
    .map(([path]) => path)
    .filter((path) => /credential-provider|ini-file|nested-clients|token-providers/.test(path));
  expect(unwanted).toEqual([]);
  // 109 kB when this was written; 596 kB without the plugin.
  expect(output?.bytes).toBeLessThan(130_000);
});
