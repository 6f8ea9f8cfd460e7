import { beforeAll, describe, expect, it } from 'vitest';
import { csvOf } from '../../../src/web/admin/csv.ts';
import { leftOut, MOST_EXPORTED } from '../../../src/web/admin/history-query.ts';
import { type AdminScene, startAdminScene } from '../../support/web/admin-scene.ts';
import { pageOf, sendForm, textIn } from '../../support/web/page-form.ts';

let scene: AdminScene;

beforeAll(async () => {
  scene = await startAdminScene();
});

const undoOf = (id: string): string => `/admin/history/${id}/undo`;

/** Presses the button of a change's page, and of the page that says what follows. */
async function undo(id: string, press = 'save') {
  const first = await sendForm(
    scene.server,
    undoOf(id),
    { do: press },
    await pageOf(scene.server, `/admin/history/${id}`),
  );
  return first.status === 200 ? sendForm(scene.server, undoOf(id), { do: press }, first.page) : first;
}

describe('undoing', () => {
  it('a deleted studio brings back its events and its name in the lists of users', async () => {
    const { index } = scene.server.context;
    const studio = (await index.studio(9)) ?? expect.unreachable();
    const [user] = (await index.users({ site: studio.name })).rows;
    const events = (await index.events({ studio: studio.key })).total;
    const id = await scene.edit({ kind: 'studio', action: 'delete', id: 9, version: studio.version });
    expect((await undo(id)).status).toBe(303);
    expect(await index.studio(9)).toEqual(studio);
    expect((await index.events({ studio: studio.key })).total).toBe(events);
    expect((await index.user(user?.id ?? 0))?.sites).toEqual(user?.sites);
    const [last] = scene.server.context.runs.changes({ limit: 1 }).rows;
    expect(last).toMatchObject({ by: 'ada', kind: 'studio', action: 'create', state: 'pending' });
  });

  it('and updating the machines leads to the run', async () => {
    const { index, runs } = scene.server.context;
    const user = (await index.user(15)) ?? expect.unreachable();
    const { id: row, version, userid, email, name2, sites } = user;
    const form = { userid, email, name1: 'Wrong', name2, sites };
    const id = await scene.edit({ kind: 'user', action: 'update', id: row, version, form });
    const undone = await undo(id, 'publish');
    expect(undone.to).toBe(`/runs/${runs.changes({ limit: 1 }).rows[0]?.run}`);
    expect((await index.user(15))?.name1).toBe(user.name1);
  });

  it('is refused where somebody has changed the row since, and changes nothing', async () => {
    const { index } = scene.server.context;
    const change = async (name1: string): Promise<string> => {
      const { id, version, userid, email, name2, sites } = (await index.user(16)) ?? expect.unreachable();
      return scene.edit({
        kind: 'user',
        action: 'update',
        id,
        version,
        form: { userid, email, name1, name2, sites },
      });
    };
    const first = await change('First');
    await change('Second');
    const refused = await undo(first);
    expect([refused.status, textIn(refused.page)]).toEqual([
      409,
      expect.stringContaining('cannot be undone'),
    ]);
    expect((await index.user(16))?.name1).toBe('Second');
  });

  it('is not offered for an update of the machines', async () => {
    const id = scene.server.context.runs.publish('ada', 'administrator');
    expect(await pageOf(scene.server, `/admin/history/${id}`)).not.toContain(undoOf(id).slice(1));
    const sent = await scene.server.post(undoOf(id), {}, 'administrator');
    expect(sent.status).toBe(409);
  });
});

describe('the history', () => {
  it('says who changed what, with old and new values, and never a secret', async () => {
    const { index, editor } = scene.server.context;
    const [user] = (await index.users({ text: 'studio30' })).rows;
    const secret = 'Correct-Horse-Battery-77';
    const edit = {
      kind: 'password',
      action: 'set',
      userid: 'studio30',
      password: secret,
      own: null,
    } as const;
    await editor.save(edit, { by: 'ada', publish: false });
    const { id, version, userid, email, name2, sites } = user ?? expect.unreachable();
    const fresh = (await index.user(id))?.version ?? version;
    const form = { userid, email, name1: 'New first', name2, sites };
    const change = await scene.edit({ kind: 'user', action: 'update', id, version: fresh, form });
    const page = await pageOf(scene.server, `/admin/history/${change}`);
    expect(page).toContain(`<del>${user?.name1}</del>`);
    expect(page).toContain('<ins>New first</ins>');
    const csv = await pageOf(scene.server, '/admin/history/changes.csv');
    const json = await pageOf(scene.server, '/admin/history.json');
    expect(csv).toContain(`name1: ${user?.name1} -> New first`);
    for (const text of [page, csv, json]) expect(text).not.toMatch(/\$2[aby]\$|\$apr1\$|Correct-Horse/);
    expect(textIn(await pageOf(scene.server, '/admin/history/'))).toContain(
      'ada set the password of studio30',
    );
  });

  it('says that what is deleted everywhere is removed, and not that it is live', async () => {
    const { index, runs } = scene.server.context;
    const { id: row, version } = (await index.user(14)) ?? expect.unreachable();
    const id = await scene.edit({ kind: 'user', action: 'delete', id: row, version }, true);
    await expect.poll(() => runs.change(id)?.state).toBe('live');
    const text = textIn(await pageOf(scene.server, `/admin/history/${id}`));
    expect(text).toContain('Removed');
    expect(text).not.toContain('Live');
  });

  it('is filtered by its address, in each of its forms', async () => {
    const query = 'kind=password&by=ada&text=STUDIO30';
    const rows = JSON.parse(await pageOf(scene.server, `/admin/history.json?${query}`)) as {
      total: number;
      rows: { kind: string }[];
    };
    expect([rows.total, rows.rows.map(({ kind }) => kind)]).toEqual([1, ['password']]);
    expect(
      (await pageOf(scene.server, `/admin/history/changes.csv?${query}`)).trim().split('\r\n'),
    ).toHaveLength(2);
    const page = await pageOf(scene.server, `/admin/history/?${query}`);
    expect(page).toContain('<option value="password" selected>');
    expect(textIn(await pageOf(scene.server, '/admin/history/?by=nobody'))).toContain(
      'Nothing is like this.',
    );
  });

  it('is that of some days, the last one whole', async () => {
    const days = scene.server.context.runs.changes({ limit: 1000 }).rows.map(({ at }) => at.slice(0, 10));
    const total = async (query: string): Promise<number> =>
      JSON.parse(await pageOf(scene.server, `/admin/history.json?${query}`)).total;
    const all = await total('');
    expect(await total(`since=${days.at(-1)}&until=${days[0]}`)).toBe(all);
    expect([await total('until=2020-01-31'), await total('since=2999-01-01')]).toEqual([0, 0]);
    expect(await total('since=yesterday&until=2020-99-99')).toBe(all);
  });

  it('has the runs, too', async () => {
    const rows = JSON.parse(await pageOf(scene.server, '/admin/history/runs.json')) as { total: number };
    expect(rows.total).toBeGreaterThan(0);
    const [head, ...lines] = (await pageOf(scene.server, '/admin/history/runs.csv')).trim().split('\r\n');
    expect([head?.split(',').length, lines.length]).toEqual([12, rows.total]);
    expect(await pageOf(scene.server, '/admin/history/runs/')).toContain('Newest first');
  });
});

describe('a table as CSV', () => {
  it('says how much of a very long history it leaves out', () => {
    expect(leftOut(MOST_EXPORTED)).toBe('');
    expect(leftOut(12_345)).toBe(
      'Only the newest 10,000 of 12,345 go along: choose days to have the others.',
    );
  });

  it('holds nothing that a program for tables takes for a formula', () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200b=1', '\uff1d1'];
    expect(csvOf([hostile])).toBe(`\ufeff${hostile.map((text) => `"'${text}"`).join(',')}\r\n`);
  });

  it('holds none either where a semicolon or a line end begins a cell', () => {
    expect(csvOf([['Gala;=1+1', 'Gala\n @1']])).toBe('\ufeff"Gala;\'=1+1","Gala\n\' @1"\r\n');
  });

  it('holds none behind several line ends, and takes no longer for a text of nothing else', () => {
    expect(csvOf([['a\t\t=1', 'a;\u200b+1']])).toBe('\ufeff"a\t\t\'=1","a;\'\u200b+1"\r\n');
    const blank = '\t'.repeat(1_000_000);
    expect(csvOf([[blank]])).toBe(`\ufeff"${blank}"\r\n`);
  });

  it('keeps quotes, commas, line ends and numbers as they are', () => {
    expect(csvOf([['a "b"', 'c,d', 'e\nf', -1.5, null]])).toBe('\ufeff"a ""b""","c,d","e\nf","-1.5",""\r\n');
  });
});
