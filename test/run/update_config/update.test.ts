import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { EARLIER, FIRST, FLY_MACHINE, LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

const TOKEN = 'a-token-of-some-length';

useSource();
const here = useMachine({ ...FLY_MACHINE, UPDATE_CONFIG_TOKEN: TOKEN });

describe('POST update_config', () => {
  it('installs a whole configuration on a machine that has nothing', async () => {
    here.machine.isFromSource = false;
    const etag = await here.published.publish(FIRST, EARLIER);
    const answer = await here.machine.post();
    expect(answer).toMatchObject({ status: 200, exitCode: 0 });
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.result).toMatchObject({
      machine: 'd8912',
      region: 'iad',
      outcome: 'updated',
      reload: true,
      index: {
        etag,
        size: FIRST.length,
        sha256: createHash('sha256').update(FIRST).digest('hex'),
        time: EARLIER.toISOString(),
        source: 'store',
      },
    });
    expect(answer.result.files.map(({ kind, changed }) => [kind, changed])).toEqual([
      ['index', true],
      ['htpasswd', true],
      ['map', true],
      ['showcases', true],
      ['tenants', true],
      ['navigator', true],
    ]);
    expect(parse(here.machine.read('navigator.yml'))).toMatchObject({ auth: { enabled: true } });
    expect(statSync(here.machine.path('index.sqlite3')).mtime).toEqual(EARLIER);
  });

  it('answers in timestamped lines, numbered and timed steps, and a RESULT line at the end', async () => {
    const { body } = await here.machine.post();
    const lines = body.trimEnd().split('\n');
    expect(
      lines.slice(0, -1).filter((line) => !/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] ./.test(line)),
    ).toEqual([]);
    const steps = lines.flatMap((line) => /Step (\d)\/6: .* \([\d.]+ m?s\)$/.exec(line)?.[1] ?? []);
    expect(steps).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(lines.at(-1)).toMatch(/^RESULT \{/);
  });

  it('touches nothing when nothing changed, and asks the store conditionally', async () => {
    await here.installed();
    here.machine.settle();
    const before = here.machine.snapshot();
    const answer = await here.machine.post();
    expect(answer.result).toMatchObject({ outcome: 'unchanged', reload: false });
    expect(answer.result.files.some((file) => file.changed)).toBe(false);
    expect(answer.body).toContain('not modified since it was fetched');
    expect(here.machine.snapshot()).toEqual(before);
  });

  it('follows a changed index: new event in, removed user out, and navigator.yml dated ahead of the clock', async () => {
    here.machine.isFromSource = false;
    await here.installed();
    here.machine.settle();
    await here.published.publish(SECOND, LATER);
    const began = Date.now();
    const answer = await here.machine.post();
    expect(answer.result).toMatchObject({ outcome: 'updated', reload: true });
    expect(here.machine.read('htpasswd')).not.toMatch(/^studio1:/m);
    expect(here.machine.read('navigator.yml')).toContain('tea-dance');
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
  });

  it('makes Navigator reload when htpasswd alone was changed behind its back', async () => {
    await here.installed();
    here.machine.settle();
    const { appendFileSync } = await import('node:fs');
    appendFileSync(here.machine.path('htpasswd'), '\nintruder:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=');
    const began = Date.now();
    const answer = await here.machine.post();
    expect(answer.result.files.filter((file) => file.changed).map((file) => file.kind)).toEqual(['htpasswd']);
    expect(answer.result.reload).toBe(true);
    expect(here.machine.read('htpasswd')).not.toContain('intruder');
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
  });

  it('does not install an index that was rolled back here, even if the local one was changed by hand since', async () => {
    await here.installed();
    await here.published.publish(SECOND, LATER);
    await here.machine.post();
    expect(await here.machine.run(['--rollback'])).toMatchObject({ exitCode: 0 });
    const path = here.machine.path('index.sqlite3');
    openDatabase(path).exec("UPDATE locations SET name = 'By hand' WHERE id = 1").close();
    const answer = await here.machine.post();
    expect(answer.result).toMatchObject({ outcome: 'updated', index: { source: 'local' } });
    expect(answer.body).toContain('was rolled back here and is not installed again');
    expect(here.machine.read('map.yml')).toContain('By hand');
  });

  it('answers with the RESULT object alone if the caller accepts JSON', async () => {
    const { headers, body } = await here.machine.post('', { env: { HTTP_ACCEPT: 'application/json' } });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(body)).toMatchObject({ outcome: 'updated', machine: 'd8912' });
  });

  it('logs the same events as JSON lines on standard error, and in RAILS_LOG_VOLUME', async () => {
    here.machine.isFromSource = false;
    const { readFileSync } = await import('node:fs');
    const answer = await here.machine.post('', { env: { RAILS_LOG_VOLUME: here.machine.home } });
    const lines = answer.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['event'] === 'step-done').map((line) => line['step'])).toEqual(
      answer.result.steps.map((step) => step.name),
    );
    expect(lines.at(-1)).toMatchObject({ event: 'end', result: { run: answer.result.run } });
    expect(readFileSync(`${here.machine.home}/update_config.log`, 'utf8')).toBe(answer.stderr);
  });
});

describe('a request that is refused', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'post'])(
    'with the method %s gets 405 with Allow',
    async (method) => {
      const answer = await here.machine.post('', { env: { REQUEST_METHOD: method } });
      expect(answer).toMatchObject({ status: 405, exitCode: 1, headers: { allow: 'POST' } });
      expect(answer.result.error).toMatchObject({ code: 'method-not-allowed' });
    },
  );

  it('with a body gets 415, announced or not, and touches nothing', async () => {
    here.machine.isFromSource = false;
    const before = here.machine.snapshot();
    const announced = await here.machine.post('', { input: 'x=1', env: { CONTENT_LENGTH: '3' } });
    const chunked = await here.machine.post('', { input: 'x=1', env: { HTTP_TRANSFER_ENCODING: 'chunked' } });
    const silent = await here.machine.post('', { input: 'x=1' });
    expect([announced, chunked, silent].map(({ status, exitCode }) => [status, exitCode])).toEqual([
      [415, 1],
      [415, 1],
      [415, 1],
    ]);
    expect(here.machine.snapshot()).toEqual(before);
  });
});

describe('an older index', () => {
  beforeEach(async () => {
    await here.published.publish(SECOND, LATER);
    await here.machine.post();
    here.machine.settle();
    await here.published.publish(FIRST, EARLIER);
  });

  it('does not replace a newer one', async () => {
    const before = here.machine.snapshot();
    const answer = await here.machine.post();
    expect(answer).toMatchObject({ status: 422, exitCode: 1, result: { error: { code: 'index-older' } } });
    expect(here.machine.snapshot()).toEqual(before);
  });

  it('replaces it when forced', async () => {
    const answer = await here.machine.post('force=1', { env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } });
    expect(answer.result).toMatchObject({ outcome: 'updated', index: { time: EARLIER.toISOString() } });
    expect(here.machine.read('navigator.yml')).not.toContain('tea-dance');
  });
});

it.each([
  ['that came from there', () => here.machine.post().then(() => here.machine.settle())],
  ['of which nothing is known', async () => writeFileSync(here.machine.path('index.sqlite3'), FIRST)],
])(
  'a damaged local index %s gives way to the one in the store, although it was written later',
  async (_, install) => {
    await install();
    const path = here.machine.path('index.sqlite3');
    writeFileSync(path, readFileSync(path).fill(0xff, 2 * 4096, 5 * 4096));
    const replaced = { outcome: 'updated', reload: true, index: { source: 'store' } };
    expect((await here.machine.post()).result).toMatchObject(replaced);
    const db = openDatabase(path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    expect((await here.machine.post()).result).toMatchObject({ outcome: 'unchanged' });
  },
);

describe('on a machine without an object store', () => {
  it('an update uses the local index as it is', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), FIRST);
    const answer = await here.machine.post('', {
      env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' },
    });
    expect(answer.result).toMatchObject({ outcome: 'updated', index: { source: 'local', etag: null } });
  });

  it('an update without a local index says what is missing', async () => {
    const answer = await here.machine.post('', {
      env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' },
    });
    expect(answer).toMatchObject({ status: 500, result: { error: { code: 'index-missing' } } });
  });

  it('incomplete store variables are an error that names the missing ones', async () => {
    const answer = await here.machine.post('', { env: { AWS_SECRET_ACCESS_KEY: '' } });
    expect(answer).toMatchObject({ status: 500, result: { error: { code: 'config-invalid' } } });
    expect(answer.result.error?.message).toContain('AWS_SECRET_ACCESS_KEY');
  });
});
