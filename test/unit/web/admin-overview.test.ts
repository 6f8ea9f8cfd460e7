import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventViews } from '../../../src/requests/row-views.ts';
import { machine, report } from '../../support/runs/played-update.ts';
import { type AdminScene, addDatabase, startAdminScene } from '../../support/web/admin-scene.ts';
import { pageOf, sendForm, textIn } from '../../support/web/page-form.ts';
import { outOfStep, verified } from '../../support/web/played-fleet.ts';
import { startWeb } from '../../support/web/web-server.ts';

let scene: AdminScene;

beforeAll(async () => {
  scene = await startAdminScene();
});

/** As the page does when its button is pressed; resolves with the answer. */
const ask = (): Promise<void> => scene.server.context.fleet.verify.ask('ada');

describe('the machines on the first page', () => {
  it('are asked when nobody has asked them, while the page is shown at once', async () => {
    const letGo = scene.fleet.hold('verify');
    expect(await pageOf(scene.server, '/admin/')).toContain('data-refreshing');
    letGo();
    await ask();
    const after = await pageOf(scene.server, '/admin/');
    expect(textIn(after)).toContain('All 3 machines have the published index');
    expect(after).not.toContain('data-refreshing');
  });

  it('that differ or fail are named, with what to do', async () => {
    scene.fleet.says('verify', outOfStep(), 1);
    const sent = await sendForm(
      scene.server,
      '/admin/machines/ask',
      {},
      await pageOf(scene.server, '/admin/'),
    );
    expect([sent.status, sent.to]).toEqual([303, '/admin/']);
    await ask();
    const text = textIn(await pageOf(scene.server, '/admin/'));
    expect(text).toContain('2 of 3 machines do not have the published index');
    expect(text).toContain('What to do (e21): Look at its log: fly logs -i e21.');
    expect(text).toContain('a55 (suspended)');
  });

  it('are shown as JSON, too', async () => {
    scene.fleet.says('verify', verified());
    await ask();
    const page = JSON.parse(await pageOf(scene.server, '/admin.json'));
    expect(page.machines.last.report).toMatchObject({ operation: 'verify', outcome: 'done' });
  });

  it('that nobody can ask are a problem in words', async () => {
    const server = await startWeb({ command: ['/nowhere/config-update'] });
    await server.context.fleet.verify.ask('ada');
    expect(textIn(await pageOf(server, '/admin/'))).toContain('They could not be asked');
    await server.end();
  });
});

describe('what needs somebody on the first page', () => {
  it('is a request that failed, which is tried again by a button', async () => {
    const { runs } = scene.server.context;
    const error = {
      code: 'unauthorized' as const,
      message: 'd89 refuses the login',
      hint: 'Set FLEET_USER.',
    };
    const machines = [machine('d89', { outcome: 'failed', error })];
    scene.fleet.says('update', report({ outcome: 'failed', machines }), 1);
    const form = { name: 'Failing Ball', firstDay: '2027-09-04', lastDay: '' };
    const studio = scene.server.studios.owned;
    const id = await scene.edit({ kind: 'event', action: 'request', studio, form }, true);
    await expect.poll(() => runs.change(id)?.state).toBe('failed');
    const page = await pageOf(scene.server, '/admin/');
    expect(textIn(page)).toContain('d89 refuses the login');
    scene.fleet.says('update', report());
    const sent = await sendForm(scene.server, `/admin/retry/${id}`, {}, page);
    expect(sent.to).toBe(`/runs/${runs.change(id)?.run}`);
  });

  it('is an event that is over and was never used, but only where this host has databases of events', async () => {
    const { index } = scene.server.context;
    expect(textIn(await pageOf(scene.server, '/admin/'))).not.toContain('Events that nobody used');
    const events = eventViews(await index.rows());
    const [unused, ...used] = events.filter(({ year }) => year === 2024);
    for (const { database } of [...used, ...events.filter(({ year }) => year !== 2024)])
      addDatabase(scene, database);
    const page = await pageOf(scene.server, '/admin/');
    expect(textIn(page)).toContain('1 event');
    expect(page).toContain(`admin/events/${unused?.id}/delete`);
  });
});

describe('pending changes', () => {
  it('are none where the store has this index; the machines can be updated all the same', async () => {
    const { context } = scene.server;
    await scene.store.publish(await context.index.image());
    const page = await pageOf(scene.server, '/admin/apply');
    expect(textIn(page)).toContain('No changes');
    const sent = await sendForm(scene.server, '/admin/apply', {}, page);
    const [change] = context.runs.changes({ limit: 1 }).rows;
    expect([change?.kind, sent.to]).toEqual(['update', `/runs/${change?.run}`]);
  });

  it('are told by row and in words, those that Rails has made among them', async () => {
    const { index } = scene.server.context;
    const studio = (await index.studio(3)) ?? expect.unreachable();
    const { key, locale } = studio;
    const form = {
      key,
      locale,
      name: 'Renamed Hall',
      latitude: '',
      longitude: '',
      region: 'iad',
      logo: '',
      owner: '',
      sisters: [],
      trustLevel: '0',
    };
    await scene.edit({ kind: 'studio', action: 'update', id: 3, version: studio.version, form });
    const text = textIn(await pageOf(scene.server, '/admin/apply'));
    expect(text).toContain('not published');
    expect(text).toContain(`renamed from "${studio.name}" to "Renamed Hall"`);
    expect(textIn(await pageOf(scene.server, '/admin/'))).toMatch(
      /\d changes? of the index (is|are) not published/,
    );
  });

  it('of regions and of code make a deployment advisable, with the command', async () => {
    const before = textIn(await pageOf(scene.server, '/admin/apply'));
    expect(before).toContain('Not needed, as far as can be seen');
    writeFileSync(join(scene.source, 'changes'), ' M app/models/user.rb\n?? notes.txt\n');
    const after = textIn(await pageOf(scene.server, '/admin/apply'));
    expect(after).toContain('The application has changed in 1 place');
    expect(after).toContain('fly deploy');
  });

  it('are those of the history where there is no store, or it does not answer', async () => {
    const edit = {
      kind: 'region',
      action: 'create',
      form: { type: 'fly', code: 'tst', location: 'Testville', latitude: '', longitude: '' },
    } as const;
    const env = {
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
      UPDATE_CONFIG_STORE_TIMEOUT: '1',
    };
    for (const [settings, words] of [
      [{}, 'There is no object store'],
      [env, 'The published index cannot be read'],
    ] as const) {
      const server = await startWeb({ env: settings });
      await server.context.editor.save(edit, { by: 'ada', publish: false });
      const text = textIn(await pageOf(server, '/admin/apply'));
      expect(text).toContain(words);
      expect(text).toContain('region tst (create)');
      await server.end();
    }
  });

  it('are rehearsed by every machine on demand', async () => {
    const page = await pageOf(scene.server, '/admin/apply');
    expect(textIn(page)).not.toContain('2 of 6 files would change');
    const sent = await sendForm(scene.server, '/admin/apply/rehearse', {}, page);
    expect(sent.to).toBe('/admin/apply');
    await scene.server.context.fleet.rehearse.ask('ada');
    expect(textIn(await pageOf(scene.server, '/admin/apply'))).toContain(
      '2 of 6 files would change, it would reload',
    );
  });
});

describe('the deployment', () => {
  it('is only shown where nobody has said that it may be run here', async () => {
    const page = await pageOf(scene.server, '/admin/apply');
    expect(textIn(page)).toContain('started by hand');
    expect(page).not.toContain('/apply/deploy');
    const refused = await scene.server.post('/admin/apply/deploy', {}, 'administrator');
    expect([refused.status, await refused.text()]).toEqual([
      404,
      expect.stringContaining('DEPLOY_COMMAND and APP_SOURCE'),
    ]);
  });

  it('is begun by a button where somebody has, and shown as a run', async () => {
    const server = await startWeb({ env: { APP_SOURCE: scene.source, DEPLOY_COMMAND: 'echo all new' } });
    const page = await pageOf(server, '/admin/apply');
    expect(textIn(page)).toContain('echo all new');
    const sent = await sendForm(server, '/admin/apply/deploy', {}, page);
    expect(sent.status).toBe(303);
    const [run] = server.context.runs.runs().rows;
    expect(sent.to).toBe(`/runs/${run?.id}`);
    await expect.poll(() => server.context.runs.run(run?.id ?? '')?.state).toBe('done');
    const shown = textIn(await pageOf(server, `/runs/${run?.id}`));
    for (const words of ['Deployment of the application', 'Done', 'all new']) expect(shown).toContain(words);
    expect(textIn(await pageOf(server, '/runs/'))).toContain('Deployment of the application');
    await server.end();
  });
});
