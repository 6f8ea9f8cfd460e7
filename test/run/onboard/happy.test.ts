import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derivedKey, writtenKey } from '../../../src/callbacks/callback-signatures.ts';
import { decryptConfig } from '../../../src/callbacks/deploy-cipher.ts';
import { readDeployFile } from '../../../src/callbacks/deploy-key.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { answer, happyWay, PASSWORD, TOKEN } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { KEYS, OnboardTerminal } from '../../support/onboard/onboard-terminal.ts';

const { enter } = KEYS;

describe('the wizard on a terminal', () => {
  let surroundings: Surroundings;
  let host: NewHost;
  let terminal: OnboardTerminal;
  let exitCode: number | null;
  beforeAll(async () => {
    surroundings = await Surroundings.start();
    host = new NewHost(surroundings);
    terminal = new OnboardTerminal([], host.env());
    await answer(terminal, [
      ...happyWay(host),
      ['See what a first update would do?', enter],
      ['Run the first update now?', enter],
    ]);
    exitCode = await terminal.ended;
  });
  afterAll(async () => {
    await surroundings.close();
    host.remove();
  });

  it('leads to a first update of every machine', async () => {
    expect(exitCode).toBe(0);
    expect(terminal.screen).toContain('Successfully updated: 3 machines');
    expect(terminal.screen).toContain('The first update is through.');
    const { asked } = await surroundings.sim.status();
    expect(Object.keys(asked).sort()).toEqual(surroundings.sim.machines.map(({ id }) => id).sort());
  });

  it('says what each check has found', () => {
    for (const found of [
      'index.sqlite3 is valid: 161 events, 48 studios, 48 users',
      'Bucket showcase answers: 1 database below db/',
      'The index of this host is newer',
      'fly: 3 machines started',
      'takes this login',
      'The web part: ',
      'is a dashboard of this kind',
    ])
      expect(terminal.screen).toContain(found);
  });

  it('writes one file of settings that a shell reads, for its owner alone', () => {
    expect(host.mode('config/showcase.env')).toBe(0o600);
    const script = `set -a; . ${host.envFile}; set +a; env -0`;
    const read = execFileSync('/bin/sh', ['-c', script], { env: {}, encoding: 'utf8' });
    const settings = Object.fromEntries(
      read.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    );
    const { url, published } = surroundings;
    expect(settings).toMatchObject({
      APP_ROOT: host.appRoot,
      RAILS_DB_VOLUME: host.dbDir,
      AWS_ENDPOINT_URL_S3: published.settings.endpoint,
      AWS_ACCESS_KEY_ID: published.settings.accessKeyId,
      AWS_SECRET_ACCESS_KEY: published.settings.secretAccessKey,
      BUCKET_NAME: 'showcase',
      AWS_REGION: 'auto',
      WEB_TARGET: 'fly',
      FLEET_FLY_APP: 'smooth',
      FLY_API_TOKEN: TOKEN,
      FLEET_USER: 'ada',
      FLEET_PASSWORD: PASSWORD,
      SHOWCASE_WEB: `${url}/showcase`,
      PUBLIC_URL_FLY: `${url}/showcase`,
    });
    expect(settings).not.toHaveProperty('WEB_URL');
  });

  it('makes a key and a deploy.enc that opens with it, and keeps both files of secrets out of git', () => {
    expect(host.mode('deploy.key')).toBe(0o600);
    const key = host.read('deploy.key');
    expect(key).toMatch(/^[0-9a-f]{64}\n$/);
    const text = decryptConfig(readDeployFile(join(host.appRoot, 'deploy.enc')), key.trim());
    expect(text).toBe(`callback_url: "${surroundings.url}/api/deploys"\n`);
    expect(host.read('.gitignore')).toBe('deploy.key\n/config/showcase.env\n');
  });

  it('shows what the dashboard checks signatures with once, and neither the key nor any other secret', () => {
    const key = host.read('deploy.key').trim();
    const shown = terminal.plain;
    expect(shown.split(writtenKey(derivedKey(key)))).toHaveLength(2);
    for (const secret of [key, PASSWORD, TOKEN, surroundings.published.settings.secretAccessKey])
      expect(shown).not.toContain(secret);
  });

  it('says how the settings are loaded, where the key goes, and what a workflow has to do', () => {
    const { plain } = terminal;
    expect(plain).toContain(`set -a; . ${host.envFile}; set +a`);
    expect(plain).toContain(`EnvironmentFile=${host.envFile}`);
    expect(plain).toContain(`gh secret set DEPLOY_KEY < ${host.appRoot}/deploy.key`);
    expect(plain).toContain(`exec ${join(ROOT, 'scripts/config-update')}\n`);
    expect(plain).toMatch(/if: always\(\)\n[\s\S]*--send-outbox/);
  });

  it('changes nothing when it is answered in the same way once more', async () => {
    const before = host.tree();
    const again = new OnboardTerminal(['--no-run'], host.env({ APP_ROOT: host.appRoot }));
    const keep = Array.from({ length: 5 }, () => ['This is known already', enter] as const);
    await answer(again, [...keep, ['Deploy logs are streamed to a dashboard', enter], ['What now?', enter]]);
    expect(await again.ended).toBe(0);
    expect(again.screen).toContain('Nothing was changed: everything is as it was answered.');
    expect(again.plain).not.toContain('whsec_');
    expect(host.tree()).toEqual(before);
  });
});
