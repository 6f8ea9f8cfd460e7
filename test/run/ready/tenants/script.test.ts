import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKey } from '../../../../src/bucket/object-names.ts';
import type { Summary } from '../../../../src/report/results.ts';
import { provenVersion, versionImage } from '../../../support/install/images.ts';
import { Machine } from '../../../support/machine/machine.ts';
import { type Published, startPublished } from '../../../support/machine/published.ts';
import { READY } from '../../../support/ready/ready.ts';
import { indexImage } from '../../../support/tenants/tenant-room.ts';

const NAMES = ['2026-a', '2026-bad', '2026-c'];

let published: Published;
let machine: Machine;

beforeAll(async () => {
  published = await startPublished();
  for (const name of NAMES) {
    const bytes = name === '2026-bad' ? Buffer.alloc(9000, 'no database') : versionImage(2);
    await published.store.put(databaseKey(name), bytes, {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': '2025-11-19 12:01:00 UTC' },
      contentType: 'application/vnd.sqlite3',
    });
  }
  machine = new Machine({ ...published.env, FLY_APP_NAME: 'smooth', FLY_REGION: 'iad', APP_USER: 'root' });
  writeFileSync(machine.path('index.sqlite3'), indexImage(NAMES));
});

afterAll(async () => {
  machine.remove();
  await published.close();
});

const ready = (...args: string[]) =>
  machine.run(['--only', 'tenants', ...args], {
    executable: READY,
    // What the command prints may be anything, its own environment included.
    env: { READY_PREPARE_COMMAND: 'bin/leak' },
  });

describe('scripts/ready', () => {
  it('writes a line for each database that changed or failed, counts the rest, and exits with 1', async () => {
    const { exitCode, stdout } = await ready();
    expect(exitCode).toBe(1);
    const lines = stdout.split('\n').filter((line) => /2026-/.test(line));
    expect(lines.some((line) => /2026-a\b.*downloaded \(\d+ bytes/.test(line))).toBe(true);
    expect(lines.some((line) => /2026-bad\b.*is not an SQLite database/.test(line))).toBe(true);
    expect(provenVersion(join(machine.dbDir, '2026-c.sqlite3'))).toBe(2);
    const again = await ready('--json');
    const summary = JSON.parse(again.stdout) as Summary;
    expect(summary).toMatchObject({
      outcome: 'failed',
      counts: { 'tenants downloaded': 0, 'tenants unchanged': 2, 'tenants failed': 1 },
      failures: [{ step: 'tenants', name: '2026-bad', code: 'tenant-invalid' }],
    });
  });

  it('shows no secret that the prepare command prints', async () => {
    const program = join(machine.appRoot, 'bin/leak');
    const migrations = join(machine.appRoot, 'db/migrate');
    for (const path of [dirname(program), migrations]) mkdirSync(path, { recursive: true });
    writeFileSync(join(migrations, '20250101000000_change.rb'), '');
    writeFileSync(program, '#!/bin/sh\nenv | sort | tr "\\n" " "; exit 1\n', { mode: 0o755 });
    for (const args of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await ready(...args);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('ended with exit code 1');
      const { accessKeyId, secretAccessKey } = published.settings;
      for (const secret of [accessKeyId, secretAccessKey]) expect(stdout + stderr).not.toContain(secret);
    }
  });
});
