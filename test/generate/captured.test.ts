import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, generateMaintenance } from '../../src/generate/generate.ts';
import { inventedIndex } from '../support/invented-index.ts';
import { MACHINE_KINDS, siteOf } from '../support/site.ts';

/** `npm run capture` writes test/fixtures/generated anew; look at the difference before you commit it. */
describe.each(MACHINE_KINDS)('the files of %s for the invented index', (kind) => {
  const site = siteOf(kind);
  it.each([...generate(inventedIndex(), site), generateMaintenance(site)])(
    'include $kind as it was captured',
    async (file) => {
      await expect(file.content).toMatchFileSnapshot(`../fixtures/generated/${kind}/${basename(file.path)}`);
    },
  );
});
