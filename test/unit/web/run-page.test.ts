import { describe, expect, it } from 'vitest';
import type { Run } from '../../../src/runs/run-model.ts';
import { machine, report, told } from '../../support/runs/played-update.ts';
import { fleetBodies, logOf } from '../../support/web/fleet-events.ts';
import { GALA, type RequestRig, startRequests } from '../../support/web/request-rig.ts';
import type { Role } from '../../support/web/web-people.ts';

const rig: RequestRig = await startRequests();
const HOSTILE = '<img src=x onerror=alert(1)> ]]> \u001b[31mred\u001b[0m \u202eltr';
const ERROR = {
  code: 'unauthorized',
  message: 'it refuses the token',
  hint: 'Set FLEET_TOKEN anew.',
} as const;
const ends = report({
  outcome: 'failed',
  machines: [machine('m1'), machine('m2', { outcome: 'failed', attempts: 3, ms: 2012, error: ERROR })],
  skipped: [{ id: 'm3', region: 'ams', state: 'suspended' }],
});
rig.played.play({
  lines: told(ends, [
    ...fleetBodies(ends),
    logOf('m1', ['first of m1', HOSTILE]),
    { type: 'note', message: 'FLEET_TOKEN is read from a file', level: 'warning', isPrivate: true },
    {
      type: 'warning',
      warning: { table: 'locations', id: 7, row: 'studio kobe (locations 7)', reason: 'has no name' },
    },
  ]),
  exit: 1,
});
const change = await rig.request(GALA);
await rig.reaches(change, 'live', 'failed');
const run = rig.context.runs.runs({ states: ['failed'] }).rows.at(-1) as Run;

const get = async (path: string, as: Role = 'administrator'): Promise<string> =>
  (await rig.ask(path, as)).text();
const rows = (page: string): string[] => page.match(/<li id="L[\s\S]*?<\/li>/g) ?? [];

describe('the page of a run', () => {
  it('has its errors first, and each failed machine leads to its line', async () => {
    const page = await get(`/runs/${run.id}`);
    expect(page.indexOf('What went wrong')).toBeLessThan(page.indexOf('>Machines<'));
    const anchor = /<li><a href="#(L\d+)">m2<\/a>: it refuses the token<\/li>/.exec(page)?.[1];
    expect(page).toMatch(new RegExp(`<li id="${anchor}" class="error" data-machine="m2">`));
  });

  it('has a table of machines with state, attempts, duration and detail', async () => {
    const page = await get(`/runs/${run.id}`);
    expect(page).toMatch(
      />m1<[\s\S]*?Has it[\s\S]*?>m2<[\s\S]*?Failed[\s\S]*?>3<[\s\S]*?2\.01 s[\s\S]*?>m3<[\s\S]*?Sleeps/,
    );
  });

  it('has its steps with durations', async () => {
    expect(await get(`/runs/${run.id}`)).toMatch(/Syncing index database[\s\S]*?Done[\s\S]*?40 ms/);
  });

  it('has every line with its number, time, level as a word, and text that does nothing', async () => {
    const page = await get(`/runs/${run.id}`);
    const lines = rows(page);
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      expect(line).toMatch(/^<li id="L[\d.]+" class="(?:info|good|warning|error)"/);
      expect(line).toMatch(/<time title="\d{4}-\d\d-\d\dT[\d:.]+Z">\d\d:\d\d:\d\d\.\d{3}<\/time>/);
    }
    expect(page).toContain('<span class="hidden">Error: </span>');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toContain('<img');
    for (const unfit of ['\u001b', '\u202e']) expect(page).not.toContain(unfit);
  });

  it('is filtered by its address, so that it works without script', async () => {
    const errors = rows(await get(`/runs/${run.id}?errors=1`));
    expect(errors.every((line) => /class="(?:error|warning)"/.test(line))).toBe(true);
    const found = rows(await get(`/runs/${run.id}?q=REFUSES`));
    expect(found).toHaveLength(1);
    expect(await get(`/runs/${run.id}?q=nothing-like-that`)).toContain('No line is like that.');
    expect(rows(await get(`/runs/${run.id}?clock=since`))[0]).toMatch(/>\+\d\d:\d\d\.\d{3}<\/time>/);
  });

  it('is downloaded whole, as text', async () => {
    const answer = await rig.ask(`/runs/${run.id}/log.txt`, 'administrator');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="run-${run.id}.txt"`);
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(rows(await get(`/runs/${run.id}`)).length);
    expect(lines.find((line) => line.includes('refuses the token'))).toMatch(
      /^\d+ \d{4}-\S+Z ERROR m2: failed/,
    );
  });

  it('shows owners of the studio nothing that is about others', async () => {
    const page = await get(`/runs/${run.id}`, 'owner');
    const polled = await get(`/runs/${run.id}/events?after=0`, 'owner');
    const text = await get(`/runs/${run.id}/log.txt`, 'owner');
    for (const shown of [page, polled, text]) {
      expect(shown).toContain('m2');
      for (const secret of ['FLEET_TOKEN is read', 'studio kobe', 'first of m1'])
        expect(shown).not.toContain(secret);
    }
    for (const secret of ['FLEET_TOKEN is read', 'studio kobe', 'first of m1'])
      expect(await get(`/runs/${run.id}`)).toContain(secret);
  });

  it('does not show owners the changes of others that the same run publishes', async () => {
    rig.played.play({});
    const { runs } = rig.context;
    const other = runs.publish('somebody-else', 'administrator');
    const mine = await rig.request({ name: 'Along', firstDay: '2028-06-01', lastDay: '' });
    await rig.reaches(mine, 'live');
    const page = await get(`/runs/${rig.change(mine).run}`, 'owner');
    expect(page).toContain(`requests/${mine}"`);
    expect(page).not.toContain(`requests/${other}"`);
  });

  it('is JSON for programs', async () => {
    const answer = await rig.ask(`/runs/${run.id}.json`, 'administrator');
    expect(await answer.json()).toMatchObject({
      run: { id: run.id, state: 'failed', error: { code: 'machine-failed' } },
      changes: expect.any(Array),
    });
  });

  it('of many lines has the last ones, and leads to the others', async () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `line ${at + 1} of it`);
    rig.played.play({ lines: told(report(), [logOf('m1', lines)]) });
    const id = rig.context.runs.publish('ann', 'administrator');
    await rig.reaches(id, 'live');
    const page = await get(`/runs/${rig.change(id).run}`);
    expect(rows(page)).toHaveLength(400);
    const earlier = /href="\.\.\/(runs\/[^"#]+)#log">\d+ earlier lines/
      .exec(page)?.[1]
      ?.replaceAll('&amp;', '&');
    const before = await get(`/${earlier}`);
    expect(rows(before)).toHaveLength(400);
    expect(before).toContain('later lines');
    expect(rows(await get(`/runs/${rig.change(id).run}?from=1`))[0]).toContain('id="L1"');
    const text = await get(`/runs/${rig.change(id).run}/log.txt`);
    expect(text.trimEnd().split('\n')).toHaveLength(1002);
    rig.played.play({});
  });

  it('weighs less than 100 KB with its script and style', async () => {
    const page = await get(`/runs/${run.id}`);
    const parts = [...page.matchAll(/(?:href|src)="\.\.\/(web\/[^"]+)"/g)].map(([, path]) => `/${path}`);
    const texts = [page, ...(await Promise.all(parts.map((path) => get(path))))];
    expect(parts).toHaveLength(2);
    expect(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBeLessThan(100_000);
  });
});

describe('an update', () => {
  it('is done also where nothing has changed, since machines can be out of step', async () => {
    const { runs } = rig.context;
    const before = rig.played.starts.length;
    for (const started of [before + 1, before + 2]) {
      await rig.reaches(runs.publish('ann', 'administrator'), 'live');
      expect(rig.played.starts.length).toBe(started);
    }
  });
});

describe('a run that waits', () => {
  it('is taken back by an administrator, and what it would have published is pending', async () => {
    const held = rig.hold();
    const first = rig.context.runs.publish('ann', 'administrator');
    await expect.poll(() => rig.context.runs.run(rig.change(first).run ?? '')?.state).toBe('running');
    const id = await rig.request({ name: 'Taken back', firstDay: '2028-01-01', lastDay: '' });
    const waiting = rig.change(id).run ?? '';
    expect(await get(`/runs/${waiting}`)).toContain('Take it back');
    expect(await get(`/runs/${waiting}`, 'owner')).not.toContain('Take it back');
    expect((await rig.post(`/runs/${waiting}/cancel`, {}, 'owner')).status).toBe(403);
    await rig.post(`/runs/${waiting}/cancel`, {}, 'administrator');
    expect(rig.change(id).state).toBe('pending');
    expect(await get(`/runs/${waiting}`)).toContain('It was taken back before it began.');
    const late = await rig.post(`/runs/${rig.change(first).run}/cancel`, {}, 'administrator');
    expect(late.headers.get('location')).toContain('begun+already');
    held.release();
    await rig.reaches(first, 'live');
  });
});

describe('a run that failed', () => {
  it('is done again from its page, by a run of its own', async () => {
    rig.played.play({ lines: told(report({ outcome: 'changed-elsewhere', machines: [] })), exit: 4 });
    const id = rig.context.runs.publish('ann', 'administrator');
    await rig.reaches(id, 'failed');
    rig.played.play({});
    const failed = rig.change(id).run;
    const answer = await rig.post(`/runs/${failed}/retry`, {}, 'administrator');
    await rig.reaches(id, 'live');
    expect(answer.headers.get('location')).toContain(`/runs/${rig.change(id).run}?`);
    expect(await get(`/runs/${failed}`)).toContain('the next run');
  });
});

describe('the list of runs', () => {
  it('is filtered by its address, and has the failed ones first where asked', async () => {
    const failed = await get('/runs/?state=failed');
    expect(failed).toContain('badge bad');
    expect(failed).not.toContain('badge good');
    const first = await get('/runs/?first=failed');
    expect(first.indexOf('Failed runs')).toBeGreaterThan(0);
    expect(first.indexOf('Failed runs')).toBeLessThan(first.indexOf('All runs'));
    expect(await get('/runs/?target=kamal')).toContain('There is no such run.');
  });

  it('has fifty on a page, and leads to the others', async () => {
    const { runs } = rig.context;
    while (runs.runs().total < 51) {
      const id = runs.publish('ann', 'administrator');
      await rig.reaches(id, 'live');
    }
    const page = await get('/runs/');
    expect(page.match(/<tr><th scope="row">/g)).toHaveLength(50);
    expect(page).toContain('href="../runs/?page=2"');
    expect(await get('/runs/?page=2')).toContain('Newer');
    const json = (await (await rig.ask('/runs.json?page=2', 'administrator')).json()) as {
      runs: Run[];
      total: number;
    };
    expect(json.runs).toHaveLength(json.total - 50);
  });
});
