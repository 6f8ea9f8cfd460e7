import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, generateMaintenance } from '../../../src/generate/generate.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { MACHINE_KINDS, siteOf, WEB_KINDS, webSiteOf } from '../../support/machine/site.ts';

/** `npm run capture` writes test/fixtures/generated anew; look at the difference before you commit it. */
describe.each(MACHINE_KINDS)('the files of %s for the invented index', (kind) => {
  const site = siteOf(kind);
  it.each([...generate(inventedIndex(), site), generateMaintenance(site)])(
    'include $kind as it was captured',
    async (file) => {
      await expect(file.content).toMatchFileSnapshot(
        `../../fixtures/generated/${kind}/${basename(file.path)}`,
      );
    },
  );
});

describe.each(WEB_KINDS)('the files of %s with the web part, for the invented index,', (kind) => {
  const site = webSiteOf(kind);
  const plain = new Map(generate(inventedIndex(), siteOf(kind)).map((file) => [file.kind, file.content]));

  it.each(generate(inventedIndex(), site))(
    'include $kind as it was captured, and only navigator.yml differs from that without the web part',
    async (file) => {
      if (file.kind !== 'navigator') expect(file.content).toBe(plain.get(file.kind));
      else {
        expect(file.content).not.toBe(plain.get('navigator'));
        const captured = `../../fixtures/generated/${kind}-web/${basename(file.path)}`;
        await expect(file.content).toMatchFileSnapshot(captured);
      }
    },
  );

  it('include navigator-maintenance.yml as it is without the web part', () => {
    expect(generateMaintenance(site)).toEqual(generateMaintenance(siteOf(kind)));
  });
});
