/** Commands for operators, from the documents that have them, run on the admin host and a machine of a real fleet. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Operated } from '../../support/examples/operated.ts';
import { newKey } from '../../support/machine/pushing.ts';
import { commandBlock } from '../../support/project/blocks.ts';
import { follow } from '../../support/project/follow.ts';

// Each block takes some runs of config-update, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** The run of the documents' examples. */
const EXAMPLE_RUN = '20260102T030405678Z-1f2e3d';

const keys = mkdtempSync(join(tmpdir(), 'keys-'));
let site: Operated;
beforeAll(async () => {
  const keyFile = join(keys, 'push-key');
  writeFileSync(keyFile, `${newKey()}\n`, { mode: 0o600 });
  site = await Operated.start({ UPDATE_CONFIG_KEY_FILE: keyFile });
  site.places = {
    'https://showcase.party/update_config': site.rig.env['FLEET_KAMAL_URL'] ?? '',
    'smooth-nav': 'smooth',
  };
});
afterAll(async () => {
  await site.close();
  rmSync(keys, { recursive: true });
});

let names = 0;
/** Something to publish. */
function changeIndex(): void {
  names += 1;
  site.edit(`UPDATE locations SET name = 'Name ${names}' WHERE id = 1`);
}

/** The newest run in what a command lists. */
async function lastRun(host: string, command: string): Promise<string> {
  const { output } = await site.run({ host, command });
  return /\b\d{8}T\d{9}Z-[0-9a-f]{6}\b/.exec(output)?.[0] ?? expect.unreachable(output);
}

async function withRun(run: string, work: () => Promise<string>): Promise<string> {
  const { places } = site;
  site.places = { ...places, [EXAMPLE_RUN]: run };
  const said = await work();
  site.places = places;
  return said;
}

describe('the commands of docs/FLEET.md', () => {
  const DOCUMENT = 'docs/FLEET.md';

  it('publish, update, verify, push and list', async () => {
    changeIndex();
    const block = commandBlock(DOCUMENT, 'Updating the fleet: `scripts/config-update`');
    const said = await follow(site, 'admin', block);
    expect(said.match(/^Successfully updated: \d machines$/gm)).toEqual([
      'Successfully updated: 2 machines',
      'Successfully updated: 1 machines',
      'Successfully updated: 3 machines',
    ]);
    expect(said).toContain('Dry run: 2 machines answered, 0 failed');
    expect(said).toContain('Verified: 2 machines as expected, 0 not');
  });

  it('take a publication back, and that back, too', async () => {
    changeIndex();
    await site.run({ host: 'admin', command: 'scripts/config-update' });
    const run = await lastRun('admin', 'scripts/config-update --published');
    const block = commandBlock(DOCUMENT, 'Taking a publication back');
    const said = await withRun(run, () => follow(site, 'admin', block));
    expect(said.match(/^Successfully updated: 2 machines$/gm)).toHaveLength(2);
  });

  it('ask a machine for its state', async () => {
    const said = await follow(site, 'admin', commandBlock(DOCUMENT, 'Verify'));
    expect(said).toMatch(/^RESULT \{.*"outcome":"state"/m);
  });
});

describe('the commands of docs/OPERATING.md', () => {
  const DOCUMENT = 'docs/OPERATING.md';

  it('update one machine', async () => {
    const said = await follow(site, 'machine', commandBlock(DOCUMENT, 'Update one machine'));
    expect(said).toContain('"outcome":"updated"');
    expect(said).toContain('Summary: updated');
  });

  it('publish a region that was added, and compare, as after an upgrade', async () => {
    changeIndex();
    const added = await follow(site, 'admin', commandBlock(DOCUMENT, 'Add a region', 2));
    expect(added).toContain('Successfully updated: 2 machines');
    const upgraded = await follow(site, 'admin', commandBlock(DOCUMENT, 'Upgrade'));
    expect(upgraded).toContain('Verified: 2 machines as expected, 0 not');
  });

  it('roll a machine back', async () => {
    const run = await lastRun('machine', 'cgi-bin/update_config --generations');
    const block = commandBlock(DOCUMENT, 'Rolling back');
    const said = await withRun(run, () => follow(site, 'machine', block));
    expect(said).toContain('Summary: updated');
    await site.run({ host: 'machine', command: 'cgi-bin/update_config --force' });
  });

  it('take a publication back for all machines', async () => {
    changeIndex();
    await site.run({ host: 'admin', command: 'scripts/config-update' });
    const said = await follow(site, 'admin', commandBlock(DOCUMENT, 'Taking a publication back'));
    expect(said).toContain('Successfully updated: 2 machines');
  });
});

describe('the commands of a page', () => {
  it('publish and compare, as the last step of an installation: README.md', async () => {
    changeIndex();
    const said = await follow(site, 'admin', commandBlock('README.md', 'Install'));
    expect(said).toContain('Successfully updated: 2 machines');
    expect(said).toContain('Verified: 2 machines as expected, 0 not');
  });

  it('write all settings of a new host without a question: docs/ONBOARD.md', async () => {
    const { places } = site;
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_ENDPOINT_URL_S3: store } = site.rig.env;
    site.places = {
      ...places,
      'AWS_ACCESS_KEY_ID=...': `AWS_ACCESS_KEY_ID=${id}`,
      'AWS_SECRET_ACCESS_KEY=...': `AWS_SECRET_ACCESS_KEY='${secret}'`,
      'https://fly.storage.tigris.dev': store ?? '',
      'https://dashboard.example': 'http://127.0.0.1:1',
      '--app-root /rails': `--app-root ${join(site.adminHome, 'rails')}`,
    };
    await follow(site, 'admin', commandBlock('docs/ONBOARD.md', 'Without a terminal'));
    expect(existsSync(join(site.adminHome, 'rails/config/showcase.env'))).toBe(true);
    expect(existsSync(join(site.adminHome, 'rails/deploy.enc'))).toBe(true);
    site.places = places;
  });

  it.each([
    ['docs/ADOPTING.md', 'Step 1: a trial app', 'admin', 'Verified: 2 machines as expected'],
    ['docs/DATABASES.md', 'Downloads and preparation', 'machine', '2026-boston'],
    ['docs/DATABASES.md', 'Uploads and inventories', 'machine', 'Summary: '],
    ['docs/MONITORING.md', 'A machine', 'machine', 'showcase_machine_update_owed 0'],
    ['docs/MONITORING.md', 'The host that publishes', 'admin', 'showcase_fleet_'],
  ])('do what it says: %s, %s', async (document, heading, host, said) => {
    expect(await follow(site, host, commandBlock(document, heading))).toContain(said);
  });

  it('run the ready hook in each of its ways: docs/READY.md', async () => {
    // Five times; what it renders is what tests of test/run/ready look at.
    site.env = { machine: { READY_PRERENDER: 'off' } };
    const said = await follow(site, 'machine', commandBlock('docs/READY.md', 'scripts/ready'));
    site.env = {};
    expect(said).toContain('Usage: ready');
  });

  it('are those of a table of cron: a machine to which an update is owed says so, others nothing', async () => {
    const block = commandBlock('docs/MONITORING.md', 'Without Prometheus');
    const command = block.lines.map((line) => line.replace(/^(\S+ ){5}/, ''));
    expect(await follow(site, 'machine', { ...block, lines: command })).toBe('');
    site.env = { machine: { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' } };
    await site.run({ host: 'machine', command: 'cgi-bin/update_config --boot' });
    expect(await follow(site, 'machine', { ...block, lines: command })).toBe('an update is owed\n');
    site.env = {};
    await site.run({ host: 'machine', command: 'cgi-bin/update_config' });
  });

  it('ask the web server, and keep what it remembers before an upgrade', async () => {
    await site.rig.startServer();
    site.webPort = Number(new URL(site.rig.serverUrl).port);
    const monitored = await follow(site, 'admin', commandBlock('docs/MONITORING.md', 'The web server'));
    expect(monitored).toContain('"storage":"ok"');
    const releases = await follow(site, 'admin', commandBlock('docs/UPGRADING.md', 'Which release is where'));
    expect(releases).toMatch(/^showcase_\w*build_info\{.*version="/m);
    for (const [document, heading] of [
      ['docs/INSTALL-WEB.md', 'Run by systemd'],
      ['examples/systemd/README.md', 'The admin host'],
    ] as const)
      expect(await follow(site, 'admin', commandBlock(document, heading))).toContain('"storage":"ok"');
    await site.rig.endServer();
    await follow(site, 'admin', commandBlock('docs/UPGRADING.md', 'What an older release cannot read'));
  });
});
