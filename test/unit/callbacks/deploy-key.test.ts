import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { findDeployKey, readDeployFile } from '../../../src/callbacks/deploy-key.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { failureOf } from '../../support/suite/failure.ts';

/** One key for each place. */
const KEYS = Array.from({ length: 7 }, (_, i) => `${i}aB${'c'.repeat(61)}`);
const [OPTION = '', DEPLOY_KEY = '', NVOI_MASTER_KEY = '', BESIDE = '', ROOT = '', CONFIG = ''] = KEYS;

let appRoot: string;
let deployFile: string;
const find = (env: Record<string, string> = {}, given: string | null = null) =>
  findDeployKey({ given, env, deployFile, appRoot });
const write = (path: string, text: string) => writeFileSync(join(appRoot, path), text, { mode: 0o600 });

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), 'deploy-key-'));
  atEnd(() => rmSync(made, { recursive: true }));
  appRoot = made;
  mkdirSync(join(appRoot, 'config'));
  mkdirSync(join(appRoot, 'elsewhere'));
  deployFile = join(appRoot, 'elsewhere/deploy.enc');
});

describe('the deploy key', () => {
  it('is looked for in one place after another', () => {
    expect(find()).toBe(null);
    write('config/deploy.key', CONFIG);
    expect(find()).toEqual({ text: CONFIG, from: join(appRoot, 'config/deploy.key'), caution: null });
    write('deploy.key', ROOT);
    expect(find()?.text).toBe(ROOT);
    write('elsewhere/deploy.key', BESIDE);
    expect(find()?.text).toBe(BESIDE);
    expect(find({ NVOI_MASTER_KEY })?.text).toBe(NVOI_MASTER_KEY);
    expect(find({ NVOI_MASTER_KEY, DEPLOY_KEY })?.text).toBe(DEPLOY_KEY);
    expect(find({ NVOI_MASTER_KEY, DEPLOY_KEY: ' \n' })?.from).toBe('NVOI_MASTER_KEY');
    write('named', OPTION);
    expect(find({ NVOI_MASTER_KEY, DEPLOY_KEY }, join(appRoot, 'named'))?.text).toBe(OPTION);
  });

  it('is what stands in its file without white space around it, and in its own letters', () => {
    write('deploy.key', `\n ${ROOT}\r\n`);
    expect(find()?.text).toBe(ROOT);
    expect(find({ DEPLOY_KEY: `${DEPLOY_KEY.toUpperCase()}\n` })?.text).toBe(DEPLOY_KEY.toUpperCase());
  });

  it('may be mounted by a link', () => {
    write('elsewhere/real', ROOT);
    symlinkSync('elsewhere/real', join(appRoot, 'deploy.key'));
    expect(find()?.text).toBe(ROOT);
  });

  it('is used though others can read its file, which is said', () => {
    write('deploy.key', ROOT);
    chmodSync(join(appRoot, 'deploy.key'), 0o640);
    expect(find()).toMatchObject({ text: ROOT, caution: expect.stringContaining('chmod 600') });
  });

  it.each(['', 'short', `${ROOT}0`, ROOT.replace('c', 'g'), `${ROOT}\n${ROOT}`])(
    'is not %j, whatever other places hold',
    async (text) => {
      write('elsewhere/deploy.key', text);
      write('deploy.key', ROOT);
      const failure = await failureOf(() => find());
      expect(failure.code).toBe('config-invalid');
      expect(failure.message).toContain('elsewhere/deploy.key');
      expect(failure.message).not.toContain('cccc');
      if (text !== '')
        expect((await failureOf(() => find({ DEPLOY_KEY: text }))).message).toContain('DEPLOY_KEY');
    },
  );

  it('that was named must be there, and be a file', async () => {
    write('deploy.key', ROOT);
    const missing = await failureOf(() => find({}, join(appRoot, 'nothing')));
    expect(missing.message).toContain('nothing is not there');
    expect((await failureOf(() => find({}, appRoot))).message).toContain('is not a file');
    write('long', 'a'.repeat(5000));
    expect((await failureOf(() => find({}, join(appRoot, 'long')))).message).toContain('5000 bytes');
  });
});

describe('the file deploy.enc', () => {
  it('is read whole, by a link too, and refused where it is none or too long', async () => {
    write('elsewhere/deploy.enc', 'abc');
    expect(readDeployFile(deployFile).toString()).toBe('abc');
    symlinkSync('elsewhere/deploy.enc', join(appRoot, 'deploy.enc'));
    expect(readDeployFile(join(appRoot, 'deploy.enc')).toString()).toBe('abc');
    expect((await failureOf(() => readDeployFile(join(appRoot, 'nothing')))).message).toContain('not there');
    expect((await failureOf(() => readDeployFile(appRoot))).message).toContain('not a file');
    write('elsewhere/deploy.enc', 'x'.repeat(64 * 1024 + 29));
    expect((await failureOf(() => readDeployFile(deployFile))).message).toContain('too many');
  });
});
