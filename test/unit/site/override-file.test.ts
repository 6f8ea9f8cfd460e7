import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readOverrides } from '../../../src/site/overrides.ts';
import { failureOf } from '../../support/suite/failure.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'overrides-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  path = join(home, 'overrides.yml');
  put('server: {listen: 4000}\n');
});

function put(text: string): void {
  writeFileSync(path, text, { mode: 0o644 });
}

const READ = { server: { listen: 4000 } };

describe('the file of overrides', () => {
  it('is read for root only where nobody else can write it, or put another in its place', async () => {
    expect((await readOverrides(path)).data).toEqual(READ);
    const refused = [
      () => chmodSync(path, 0o664),
      () => chmodSync(path, 0o646),
      () => chownSync(path, 1234, 0),
      () => chmodSync(home, 0o777),
    ];
    for (const spoil of refused) {
      chmodSync(home, 0o755);
      chownSync(path, 0, 0);
      chmodSync(path, 0o644);
      spoil();
      const failure = await failureOf(() => readOverrides(path));
      expect([failure.code, failure.message]).toEqual([
        'config-invalid',
        `${path} decides what Navigator runs as root, but users other than root can change it`,
      ]);
    }
  });

  it('may be a link of root’s', async () => {
    symlinkSync(path, join(home, 'link'));
    expect((await readOverrides(join(home, 'link'))).data).toEqual(READ);
  });

  it('has a MiB at most', async () => {
    const text = 'server: {listen: 4000}\n'.padEnd(2 ** 20, '#');
    put(text);
    expect((await readOverrides(path)).data).toEqual(READ);
    put(`${text}#`);
    const failure = await failureOf(() => readOverrides(path));
    expect([failure.code, failure.message]).toEqual([
      'config-invalid',
      `cannot read ${path}: it has 1048577 bytes`,
    ]);
  });
});
