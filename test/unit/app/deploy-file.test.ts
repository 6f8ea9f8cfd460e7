import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDeployFile } from '../../../src/app/deploy-file.ts';
import { atEnd } from '../../support/suite/at-end.ts';

describe('the deploy.enc of an application', () => {
  it('is looked for in its directory, then in its config', () => {
    const root = mkdtempSync(join(tmpdir(), 'deploy-file-'));
    atEnd(() => rmSync(root, { recursive: true }));
    expect(findDeployFile(root)).toBe(null);
    expect(findDeployFile(join(root, 'nothing'))).toBe(null);
    mkdirSync(join(root, 'config'));
    writeFileSync(join(root, 'config/deploy.enc'), '');
    expect(findDeployFile(root)).toBe(join(root, 'config/deploy.enc'));
    symlinkSync('nothing', join(root, 'deploy.enc'));
    expect(findDeployFile(root)).toBe(join(root, 'config/deploy.enc'));
    writeFileSync(join(root, 'nothing'), '');
    expect(findDeployFile(root)).toBe(join(root, 'deploy.enc'));
  });
});
