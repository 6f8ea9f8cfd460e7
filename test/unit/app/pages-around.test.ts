import { describe, expect, it } from 'vitest';
import { pagesAround, publicPaths } from '../../../src/app/ready/pages-around.ts';
import { readAddress } from '../../../src/app/ready/site-address.ts';
import { Failure } from '../../../src/failure.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { siteOf, webSiteOf } from '../../support/machine/site.ts';

const FLY = 'https://smooth.example/showcase';
const KAMAL = 'https://copy.example';

describe('what pages are told of the machine', () => {
  it('is which paths it answers without a login, by the rules that are generated for it', async () => {
    const isPublic = await publicPaths(inventedIndex(), siteOf('fly-iad'));
    const open = [
      'studios/',
      'studios/10/',
      'studios/%C3%A4rzte/',
      'regions/',
      'regions/iad/',
      '2026/10/',
      'docs/',
    ];
    for (const path of open) expect([path, isPublic(`/showcase/${path}`)]).toEqual([path, true]);
    const shut = ['', '2026/', '2025/10/', '2026/10/spring-ball/', 'users'];
    for (const path of shut) expect([path, isPublic(`/showcase/${path}`)]).toEqual([path, false]);
  });

  it('is that home, on the top of a host, is a redirection and no page', async () => {
    const isPublic = await publicPaths(inventedIndex(), siteOf('kamal'));
    expect([isPublic('/'), isPublic('/studios/'), isPublic('/2026/')]).toEqual([false, true, false]);
  });

  it('is where visitors belong: on Fly if its address is known, else on the Kamal server', () => {
    const both = { PUBLIC_URL_FLY: `${FLY}/`, PUBLIC_URL_KAMAL: KAMAL };
    expect(readAddress(both, siteOf('fly-iad'))).toEqual({ address: FLY, isCopy: false });
    expect(readAddress(both, siteOf('kamal'))).toEqual({ address: FLY, isCopy: true });
    expect(readAddress({ PUBLIC_URL_KAMAL: KAMAL }, siteOf('kamal'))).toEqual({
      address: KAMAL,
      isCopy: false,
    });
    expect(readAddress({ PUBLIC_URL_FLY: '' }, siteOf('local'))).toEqual({ address: null, isCopy: false });
  });

  it('is no address that is none', () => {
    for (const PUBLIC_URL_FLY of [
      'smooth',
      'ftp://x.example',
      'https://x.example/?a=1',
      'https://me:x@x.example',
    ]) {
      expect(() => readAddress({ PUBLIC_URL_FLY }, siteOf('fly-iad'))).toThrow(Failure);
    }
  });

  it('is whether one server serves all regions, whether the platform’s demo and documents are there, and the web part', async () => {
    const around = async (site: Parameters<typeof pagesAround>[1]) => {
      const options = { address: { address: null, isCopy: false }, publicDir: '/nowhere/at/all' };
      const { hasPlatform, isAlone, hasWeb, files, root } = await pagesAround(inventedIndex(), site, options);
      return { hasPlatform, isAlone, hasWeb, files: files.size, root };
    };
    const none = { hasPlatform: true, isAlone: false, hasWeb: false, files: 0, root: '/showcase' };
    expect(await around(siteOf('fly-iad'))).toEqual(none);
    expect(await around(siteOf('local'))).toEqual({ ...none, hasPlatform: false });
    expect(await around(webSiteOf('kamal'))).toEqual({ ...none, isAlone: true, hasWeb: true, root: '' });
  });
});
