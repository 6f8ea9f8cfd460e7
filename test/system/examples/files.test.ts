/** What stands in the files to be copied, against docs/SETTINGS.md, the Dockerfiles, and each other. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assignments, readDockerfile } from '../../support/examples/dockerfile.ts';
import { bootSecrets, deployYml, flyToml, readExample } from '../../support/examples/example-files.ts';
import { ROOT } from '../../support/machine/machine.ts';

const settings = readFileSync(join(ROOT, 'docs/SETTINGS.md'), 'utf8');
/** Names in the first column, and the row of each. */
const ROWS = settings.split('\n').filter((line) => line.startsWith('| `'));
const SETTINGS = new Set(
  ROWS.flatMap((row) => (row.split(' | ')[0] ?? '').match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
);

/** Not ours: of Rails, of Kamal, of what runs a workflow; and the variables of scripts beside them. */
const OTHERS = new Set([
  'RAILS_ENV',
  'KAMAL_REGISTRY_PASSWORD',
  'SETTINGS',
  'MAIL_TO',
  ...bootSecrets().keys(),
]);

const FILES = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' }).filter(
  (name) => statSync(join(ROOT, 'examples', name)).isFile() && !name.endsWith('.md'),
);

/** What is set or read in a file, comments too: people take those away. */
function variablesOf(text: string): string[] {
  const set = text.matchAll(/(?:^|[\s"#-])([A-Z][A-Z0-9]*_[A-Z0-9_]+)\s*[=:]/gm);
  const read = text.matchAll(/\$\{?([A-Z][A-Z0-9]*_[A-Z0-9_]+)/g);
  return [...new Set([...set, ...read].map(([, name = '']) => name))];
}

describe('a file of examples/', () => {
  it.each(FILES)('names no variable that nobody reads: %s', (name) => {
    // Those of a CI stand in its own names.
    const isKnown = (one: string): boolean => SETTINGS.has(one) || OTHERS.has(one) || /^CI_/.test(one);
    expect(variablesOf(readExample(name)).filter((one) => !isKnown(one))).toEqual([]);
  });

  it('is followed by a test, or is a README of one', () => {
    const directories = new Set(FILES.map((name) => name.split('/')[0]));
    expect([...directories].sort()).toEqual([
      'boot',
      'fly',
      'github-actions',
      'gitlab',
      'kamal',
      'monitoring',
      'systemd',
    ]);
    for (const name of ['fly', 'kamal', 'systemd'])
      expect(existsSync(join(ROOT, 'examples', name, 'README.md')), name).toBe(true);
  });

  it('turns secrets into files only for settings that name files', () => {
    expect(
      [...bootSecrets().values()].filter((name) => !SETTINGS.has(name) || !name.endsWith('_FILE')),
    ).toEqual([]);
    expect(bootSecrets().size).toBe(4);
  });
});

describe.each([
  ['fly', 'FLY_APP_NAME=image FLY_REGION=iad'],
  ['kamal', 'KAMAL_CONTAINER_NAME=image'],
])('the Dockerfile for %s', (name, deployment) => {
  const { args, stages } = readDockerfile(readExample(`${name}/Dockerfile`));

  it('has the programs built by the command of this project, whose outcome the tests give it', () => {
    expect(stages.map(({ base, name: as }) => [base, as])).toEqual([
      ['node:24-slim', 'programs'],
      [`\${APPLICATION}`, ''],
    ]);
    expect(Object.keys(args)).toEqual(['APPLICATION']);
    expect(stages[0]?.instructions.map(({ name: word, text }) => `${word} ${text}`)).toEqual([
      'WORKDIR /src',
      'COPY . .',
      'RUN npm run build -- --out /out',
    ]);
    expect(stages[1]?.instructions.map(({ text }) => text)).toContain(
      `${deployment} /rails/scripts/maintenance-config`,
    );
  });

  it('keeps on the volume what must outlive the container, and listens where Navigator does', () => {
    const own = stages[1]?.instructions ?? [];
    const env = Object.assign(
      {},
      ...own.filter((one) => one.name === 'ENV').map(({ text }) => assignments(text)),
    );
    for (const variable of [
      'RAILS_DB_VOLUME',
      'RAILS_LOG_VOLUME',
      'RAILS_STORAGE',
      'UPDATE_CONFIG_STATE_DIR',
    ])
      expect(env[variable]).toMatch(/^\/data\//);
    expect(own.find((one) => one.name === 'EXPOSE')?.text).toBe(NAVIGATOR_PORT);
  });
});

/** As docs/SETTINGS.md has it. */
const NAVIGATOR_PORT = / \| (\d+) \|$/.exec(ROWS.find((row) => row.includes('`NAVIGATOR_PORT`')) ?? '')?.[1];

describe('fly.toml', () => {
  const { app, build, env, mounts, http_service: service } = flyToml();

  it('has the volume where the Dockerfile beside it has it, and the port of Navigator', () => {
    expect(mounts).toEqual([{ source: 'data', destination: '/data' }]);
    expect(String(service.internal_port)).toBe(NAVIGATOR_PORT);
    expect(existsSync(join(ROOT, 'examples/fly', build.dockerfile))).toBe(true);
    expect(Object.keys(build.args)).toEqual(['APPLICATION']);
  });

  it('leaves sleep to Navigator, and uploads to this app', () => {
    expect([service.auto_stop_machines, env['UPLOADING_APP']]).toEqual(['off', app]);
  });
});

describe('deploy.yml', () => {
  const { proxy, volumes, builder, hooks_path: hooks, env } = deployYml();

  it('has the volume where the Dockerfile that it names has it, and the port of Navigator', () => {
    expect(volumes).toEqual(['/srv/showcase:/data']);
    expect(String(proxy.app_port)).toBe(NAVIGATOR_PORT);
    expect([builder.context, builder.dockerfile]).toEqual(['.', 'examples/kamal/Dockerfile']);
    expect(Object.keys(builder.args)).toEqual(['APPLICATION']);
    expect(env.secret.filter((name) => !bootSecrets().has(name))).toEqual([]);
  });

  it('names hooks that Kamal has, and that can be run', () => {
    const names = readdirSync(join(ROOT, hooks));
    expect(names).toEqual(['post-deploy', 'pre-deploy']);
    for (const name of names) accessSync(join(ROOT, hooks, name), constants.X_OK);
  });
});
