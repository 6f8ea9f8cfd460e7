import { afterEach, describe, expect, it } from 'vitest';
import type { StateAnswer } from '../../../src/web/request/request-routes.ts';
import { halfFailed, machine, report, told } from '../../support/runs/played-update.ts';
import { fleetBodies } from '../../support/web/fleet-events.ts';
import { GALA, type RequestRig, startRequests } from '../../support/web/request-rig.ts';

const rig: RequestRig = await startRequests();
let count = 0;

/** A request of its own for each test. */
function anew(
  as: 'owner' | 'administrator' = 'owner',
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  count += 1;
  const firstDay = new Date(Date.UTC(2027, 0, 3 * count)).toISOString().slice(0, 10);
  return rig.request({ name: `Event ${count}`, firstDay, lastDay: '', ...more }, as);
}

const page = async (id: string, as: 'owner' | 'administrator' = 'owner'): Promise<string> =>
  (await rig.ask(`/requests/${id}`, as)).text();

async function state(id: string, query = ''): Promise<StateAnswer> {
  return (await (await rig.ask(`/requests/${id}/state${query}`, 'owner')).json()) as StateAnswer;
}

afterEach(() => {
  rig.played.play({});
  rig.site.has(() => true);
});

describe('the page of a request', () => {
  it('says what was asked for, and goes on telling how it stands until the event answers', async () => {
    const held = rig.hold();
    const id = await rig.request(GALA);
    const moving = await page(id);
    for (const words of [
      'Spring Gala',
      'Boston',
      '5 March 2027 to 7 March 2027',
      `${rig.site.url}/2027/boston/spring-gala`,
    ])
      expect(moving).toContain(words);
    expect(moving).toContain('<noscript><meta http-equiv="refresh" content="2"></noscript>');
    expect(moving).toContain('<progress');
    held.release();
    await rig.reaches(id, 'live');
    const live = await page(id);
    expect(live).toContain('<h1 data-title>The event is live</h1>');
    expect(live).toContain(`href="${rig.site.url}/2027/boston/spring-gala"`);
    expect(live).not.toContain('http-equiv="refresh"');
    expect(rig.site.asked).toContain('2027/boston/spring-gala');
  });

  it('does not count as live what only the machines have', async () => {
    rig.site.has(() => false);
    const id = await anew();
    await rig.reaches(id, 'checking');
    const { words } = await state(id);
    expect(words).toMatchObject({ kind: 'moving', address: null });
    expect(words.detail).toContain(`Asking ${rig.site.url}/2027/`);
    rig.site.has(() => true);
    await rig.reaches(id, 'live');
  });

  it('offers to try again where machines failed though the event answers, which mends it', async () => {
    rig.played.play({ lines: told(halfFailed('unauthorized')), exit: 1 });
    const id = await anew();
    await rig.reaches(id, 'live');
    expect(await page(id)).toContain('>Try again</button>');
    expect((await state(id)).words.next).toContain('can try again');
    rig.played.play({});
    await rig.post(`/requests/${id}/retry`, {}, 'owner');
    await expect.poll(() => rig.change(id).problem).toBeNull();
    expect(await page(id)).not.toContain('Try again');
  });

  it('goes to the public site that it was pushed to, wherever the form was seen', async () => {
    const id = await anew();
    await rig.reaches(id, 'live');
    const seen = await rig.ask(`/requests/${id}`, 'owner', {
      headers: { 'X-Forwarded-Host': 'evil.example' },
    });
    const text = await seen.text();
    expect(text).toContain(`data-address="${rig.site.url}/2027/`);
    expect(text).not.toContain('evil.example');
  });

  it('keeps its answer while nothing changes, and gives it as soon as something does', async () => {
    const held = rig.hold();
    const id = await anew();
    const first = await state(id);
    const second = state(id, `?wait=25&known=${first.known}`);
    held.release();
    expect((await second).known).not.toBe(first.known);
  });

  it('answers at once where the page has something old, and after the time where it has not', async () => {
    const id = await anew();
    await rig.reaches(id, 'live');
    const { known, words } = await state(id, '?wait=25&known=old');
    expect(words.kind).toBe('live');
    expect((await state(id, `?wait=1&known=${known}`)).known).toBe(known);
    expect(rig.context.watchers.count).toBe(0);
  });

  it('refuses a time that is none', async () => {
    const id = await anew();
    expect((await rig.ask(`/requests/${id}/state?wait=26`, 'owner')).status).toBe(400);
    expect((await rig.ask(`/requests/${id}/state?wait=x`, 'owner')).status).toBe(400);
  });

  it('names the machines that have it, and those that sleep', async () => {
    const ends = report({
      machines: [machine('m-one')],
      skipped: [{ id: 'm-two', region: 'ams', state: 'suspended' }],
    });
    rig.played.play({ lines: told(ends, fleetBodies(ends)) });
    const id = await anew();
    await rig.reaches(id, 'live');
    const text = await page(id);
    expect(text).toMatch(/m-one[\s\S]*Has it[\s\S]*m-two[\s\S]*Sleeps[\s\S]*suspended/);
  });

  it('estimates the time left by how long earlier ones took', async () => {
    const held = rig.hold();
    const id = await anew();
    expect((await state(id)).leftMs).toBeGreaterThanOrEqual(0);
    held.release();
    await rig.reaches(id, 'live');
  });

  it('escapes whatever the name is', async () => {
    const id = await anew('owner', { name: `<script>alert(1)</script>"'& x` });
    const text = await page(id);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    await rig.reaches(id, 'live');
  });

  it('is found again on the form of its studio and among the requests', async () => {
    const id = await anew();
    for (const path of [`/studios/${rig.studios.owned}/request`, '/requests/'])
      expect(await (await rig.ask(path, 'owner')).text()).toContain(`requests/${id}"`);
    await rig.reaches(id, 'live');
  });

  it('is not for somebody who has nothing to do with it', async () => {
    const id = await anew();
    for (const path of [`/requests/${id}`, `/requests/${id}/state`]) {
      expect((await rig.ask(path, 'user')).status).toBe(403);
      expect((await rig.ask(path)).status).toBe(401);
    }
    expect((await rig.post(`/requests/${id}/retry`, {}, 'user')).status).toBe(403);
    expect((await rig.ask('/requests/aaaaaaaaaaaaaaaaaaaaaaaaaa', 'owner')).status).toBe(404);
    await rig.reaches(id, 'live');
  });

  it('is for an owner of the studio, too, who did not ask for it', async () => {
    const id = await anew('administrator');
    expect(await page(id)).toContain('by ada');
    await rig.reaches(id, 'live');
  });
});

describe('a request that fails', () => {
  it('says what failed and what happens next, and is tried again without being typed again', async () => {
    rig.played.play({ lines: told(report({ outcome: 'changed-elsewhere', machines: [] })), exit: 4 });
    const id = await anew();
    await rig.reaches(id, 'failed');
    const text = await page(id);
    expect(text).toContain('The event is saved, but not live');
    expect(text).toContain('Another host has published an index meanwhile');
    expect(text).toContain('an administrator has to decide');
    rig.played.play({});
    const answer = await rig.post(`/requests/${id}/retry`, {}, 'owner');
    expect(answer.status).toBe(303);
    expect((await rig.reaches(id, 'live')).problem).toBeNull();
  });

  it('names the machines that failed while others serve it', async () => {
    const ends = halfFailed('unauthorized');
    rig.played.play({ lines: told(ends, fleetBodies(ends)), exit: 1 });
    const id = await anew();
    await rig.reaches(id, 'live');
    const text = await page(id);
    expect(text).toContain('The event is live');
    expect(text).toContain('m2 does not answer');
    expect(text).toMatch(/m2[\s\S]*badge bad/);
  });

  it('which has nothing to try again says so, and does nothing', async () => {
    const id = await anew();
    await rig.reaches(id, 'live');
    const runs = rig.context.runs.runs().total;
    const answer = await rig.post(`/requests/${id}/retry`, {}, 'owner');
    expect(answer.headers.get('location')).toContain('nothing+to+try+again');
    expect(rig.context.runs.runs().total).toBe(runs);
  });
});

describe('a request that an administrator left pending', () => {
  it('is published when the machines are updated from its page', async () => {
    const id = await anew('administrator', { later: '1' });
    expect(await page(id, 'administrator')).toContain('Update the machines');
    expect(await page(id)).not.toContain('Update the machines</button>');
    expect((await rig.post(`/requests/${id}/publish`, {}, 'owner')).status).toBe(403);
    await rig.post(`/requests/${id}/publish`, {}, 'administrator');
    await rig.reaches(id, 'live');
    expect(
      (await rig.post(`/requests/${id}/publish`, {}, 'administrator')).headers.get('location'),
    ).toContain('not+pending');
  });
});

it('the answer for programs hides from owners what differs from another index', async () => {
  const [time, publishedAt] = ['2026-11-30T12:00:00.000Z', '2026-11-30T12:00:01.000Z'];
  const index = { etag: '"e"', sha256: null, size: 1, time, publishedAt, by: 'bob@host' };
  const publish = {
    kind: 'changed-elsewhere',
    theirs: index,
    differences: ['studio kobe: renamed'],
  } as const;
  rig.played.play({ lines: told(report({ outcome: 'changed-elsewhere', machines: [], publish })), exit: 4 });
  const id = await anew();
  await rig.reaches(id, 'failed');
  const seen = async (as: 'owner' | 'administrator'): Promise<string> =>
    (await rig.ask(`/requests/${id}/state`, as)).text();
  expect(await seen('administrator')).toContain('studio kobe');
  expect(await seen('owner')).toContain('changed-elsewhere');
  expect(await seen('owner')).not.toContain('studio kobe');
});
