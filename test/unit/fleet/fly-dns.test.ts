import { afterEach, describe, expect, it } from 'vitest';
import type { Listing } from '../../../src/fleet/fleet-model.ts';
import { readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { createTarget } from '../../../src/fleet/targets/all-targets.ts';
import { type NameServer, startNameServer, type Zone } from '../../support/fleet/name-server.ts';
import { failureOf } from '../../support/suite/failure.ts';

let server: NameServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** As on a machine of Fly's, without flyctl and without a token. */
async function list(zone: Zone, env: Record<string, string> = {}): Promise<Listing> {
  server = await startNameServer(zone);
  const inside = { FLY_APP_NAME: 'smooth', HOME: '/nowhere', PATH: '/nowhere' };
  const settings = readFleetSettings({ ...inside, FLEET_DNS: server.address, ...env });
  return await createTarget('fly', settings).list(new AbortController().signal);
}

describe("Fly's DNS", () => {
  it('lists the started machines, and the deployed ones that are not', async () => {
    expect(
      await list({
        'vms.smooth.internal': [['d1 iad,d2 syd']],
        'all.vms.smooth.internal': [['d1 iad,d2 syd,d3 ams']],
      }),
    ).toEqual({
      active: [
        { id: 'd1', region: 'iad', state: 'started' },
        { id: 'd2', region: 'syd', state: 'started' },
      ],
      skipped: [{ id: 'd3', region: 'ams', state: 'not started' }],
      source: "Fly's DNS",
    });
  });

  it('is asked for the app of the machine that it is asked on, unless another is set', async () => {
    const one = { 'vms.smooth-nav.internal': [['d1 iad']] };
    expect((await list(one, { FLY_APP_NAME: 'smooth-nav' })).active.length).toBe(1);
    expect(server?.asked).toContain('vms.smooth-nav.internal');
    await server?.close();
    expect((await list(one, { FLEET_FLY_APP: 'smooth-nav' })).active.length).toBe(1);
  });

  it.each([
    ['pieces that split a word', [['d1 ia', 'd,d2 syd']]],
    ['pieces that end in place of a comma', [['d1 iad', 'd2 syd']]],
    ['records', [['d1 iad'], ['d2 syd']]],
    ['spaces and empty entries', [['d1 iad, d2  syd,']]],
    ['a machine twice', [['d1 iad,d2 syd,d1 iad']]],
  ])('may answer in %s', async (_, records) => {
    const { active } = await list({ 'vms.smooth.internal': records });
    expect(active.map(({ id, region }) => `${id} ${region}`)).toEqual(['d1 iad', 'd2 syd']);
  });

  it('may give a long answer, in pieces of 255 bytes', async () => {
    const ids = Array.from({ length: 60 }, (_, number) => `3d8d9930b32d${String(number).padStart(2, '0')}`);
    const text = ids.map((id) => `${id} iad`).join(',');
    const pieces = text.match(/.{1,255}/g) ?? [];
    expect(pieces.length).toBeGreaterThan(3);
    const { active } = await list({ 'vms.smooth.internal': [pieces] });
    expect(active.map(({ id }) => id)).toEqual(ids);
  });

  it('may answer with nothing', async () => {
    expect(await list({ 'vms.smooth.internal': [['']] })).toMatchObject({ active: [], skipped: [] });
  });

  it.each([
    ['words', [['no such app here']]],
    ['an id that would split a header', [['d1\r\nX-Evil:1 iad']]],
    ['bytes', [['\u0000\u0001']]],
  ])('is an error if it answers with %s', async (_, records) => {
    const failure = await failureOf(() => list({ 'vms.smooth.internal': records }));
    expect(failure).toMatchObject({ code: 'fleet-unreachable' });
  });

  it('is an error with its code if it does not know the app', async () => {
    const failure = await failureOf(() => list({}));
    expect(failure).toMatchObject({ code: 'fleet-unreachable', hint: expect.stringContaining('flyctl') });
    expect(failure.message).toContain('ENOTFOUND');
  });

  it('is an error at an invalid address', async () => {
    const failure = await failureOf(() => list({}, { FLEET_DNS: 'ns.example.com' }));
    expect(failure).toMatchObject({ code: 'config-invalid' });
  });
});
