import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';
import { commitFiles } from '../../../src/install/commit.ts';
import { compareFiles } from '../../../src/install/compare.ts';
import { stageFiles } from '../../../src/install/stage.ts';
import { leftovers, makePlace, type Place, plan, RUN } from '../../support/install/place.ts';

async function install(place: Place, files: readonly PlannedFile[]): Promise<number | null> {
  const staged = await stageFiles(files, RUN);
  return commitFiles(staged, { path: place.navigator, clockMark: 0 });
}

describe('the comparison of planned files', () => {
  it('reports a file as changed if it is missing or its bytes differ, and returns the present bytes', async () => {
    const place = makePlace();
    const files = plan(place, 1);
    expect(compareFiles(files).map(({ changed, previous }) => ({ changed, previous }))).toEqual(
      files.map(() => ({ changed: true, previous: null })),
    );
    await install(place, files);
    expect(compareFiles(files).some(({ changed }) => changed)).toBe(false);
    writeFileSync(join(place.dbDir, 'map.yml'), 'by hand');
    const changed = compareFiles(files).filter((comparison) => comparison.changed);
    expect(changed.map(({ file, previous }) => [file.kind, previous?.toString()])).toEqual([
      ['map', 'by hand'],
    ]);
  });

  it('reports a symbolic link as changed and does not read its target', () => {
    const place = makePlace();
    const files = plan(place, 1);
    const [htpasswd] = files as [PlannedFile];
    writeFileSync(join(place.home, 'elsewhere'), htpasswd.content);
    symlinkSync(join(place.home, 'elsewhere'), htpasswd.path);
    expect(compareFiles([htpasswd])[0]).toMatchObject({ changed: true, previous: null });
  });

  it('refuses a directory in the place of a file', () => {
    const place = makePlace();
    mkdirSync(join(place.dbDir, 'htpasswd'));
    expect(() => compareFiles(plan(place, 1))).toThrow(
      expect.objectContaining({ code: 'disk', message: `${join(place.dbDir, 'htpasswd')} is a directory` }),
    );
  });
});

describe('the staging of files', () => {
  it('touches no installed file, and gives the verifier the bytes on the disk', async () => {
    const place = makePlace();
    await install(place, plan(place, 1));
    const seen: PlannedFile[] = [];
    const staged = await stageFiles(plan(place, 2), RUN, (files) => void seen.push(...files));
    expect(seen).toEqual(plan(place, 2));
    expect(staged.map(({ path }) => path)).toContain(join(place.dbDir, `.htpasswd.${RUN}.staged`));
    expect(compareFiles(plan(place, 1)).some(({ changed }) => changed)).toBe(false);
  });

  it('leaves nothing behind when the verifier refuses', async () => {
    const place = makePlace();
    const refuse = () => Promise.reject(new Error('no auth'));
    await expect(stageFiles(plan(place, 1), RUN, refuse)).rejects.toThrow('no auth');
    expect(leftovers(place.home)).toEqual([]);
  });

  it('leaves nothing behind when a later file cannot be staged', async () => {
    const place = makePlace();
    const files = plan(place, 1);
    writeFileSync(join(place.appRoot, 'tmp'), 'a file where a directory belongs');
    await expect(stageFiles(files, RUN)).rejects.toMatchObject({
      code: 'disk',
      hint: expect.stringMatching(/\w/),
    });
    expect(leftovers(place.home)).toEqual([]);
  });

  it('never writes through an existing staged name, not even a link', async () => {
    const place = makePlace();
    const victim = join(place.home, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(place.dbDir, `.htpasswd.${RUN}.staged`));
    await expect(stageFiles(plan(place, 1), RUN)).rejects.toMatchObject({ code: 'disk' });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('gives a new file the planned mode, whatever the umask, and keeps the mode of an old one', async () => {
    const place = makePlace();
    const before = process.umask(0o077);
    try {
      await install(place, plan(place, 1));
    } finally {
      process.umask(before);
    }
    const modeOf = (name: string) => statSync(join(place.dbDir, name)).mode & 0o7777;
    expect([modeOf('htpasswd'), modeOf('map.yml')]).toEqual([0o640, 0o644]);
    chmodSync(join(place.dbDir, 'htpasswd'), 0o604);
    await install(place, plan(place, 2));
    expect(modeOf('htpasswd')).toBe(0o604);
  });

  it('keeps owners if it can; a new file gets the group of the directory', async () => {
    const place = makePlace();
    chownSync(place.dbDir, 0, 1235);
    await install(place, plan(place, 1));
    const ownerOf = (path: string) => [statSync(path).uid, statSync(path).gid];
    expect(ownerOf(join(place.dbDir, 'htpasswd'))).toEqual([process.geteuid?.(), 1235]);
    chownSync(join(place.dbDir, 'htpasswd'), 77, 78);
    await install(place, plan(place, 2));
    expect(ownerOf(join(place.dbDir, 'htpasswd'))).toEqual([77, 78]);
  });
});

describe('the commit of staged files', () => {
  it('puts every file in place and dates navigator.yml a second ahead of the clock', async () => {
    const place = makePlace();
    const before = Date.now();
    const mtime = await install(place, plan(place, 1));
    expect(compareFiles(plan(place, 1)).some(({ changed }) => changed)).toBe(false);
    expect(leftovers(place.home)).toEqual([]);
    expect(statSync(place.navigator).mtimeMs).toBe(mtime);
    expect(mtime).toBeGreaterThanOrEqual(before + 1000);
    expect(mtime).toBeLessThanOrEqual(Date.now() + 1125);
  });

  it('dates navigator.yml even if only another file changed, and keeps its bytes and inode', async () => {
    const place = makePlace();
    const first = await install(place, plan(place, 1));
    const inode = statSync(place.navigator).ino;
    const second = await install(place, plan(place, 2).slice(0, 1));
    expect(second).toBeGreaterThan(first ?? 0);
    expect(statSync(place.navigator)).toMatchObject({ ino: inode, mtimeMs: second });
  });

  it('puts navigator.yml in place last, whatever the order', async () => {
    const place = makePlace();
    await install(place, plan(place, 1));
    const staged = await stageFiles([...plan(place, 2)].reverse(), RUN);
    const map = join(place.dbDir, 'map.yml');
    // A directory in the way of the second file makes the commit fail there.
    rmSync(map);
    mkdirSync(map);
    expect(() => commitFiles(staged, { path: place.navigator, clockMark: 0 })).toThrow(
      expect.objectContaining({ code: 'disk', message: expect.stringContaining(map) }),
    );
    expect(readFileSync(place.navigator, 'utf8')).toContain('version 1');
    expect(leftovers(place.home)).toEqual([]);
  });

  it('replaces a symbolic link itself and leaves its target unchanged', async () => {
    const place = makePlace();
    const target = join(place.home, 'elsewhere');
    writeFileSync(target, 'precious');
    const link = join(place.dbDir, 'htpasswd');
    symlinkSync(target, link);
    expect(readlinkSync(link)).toBe(target);
    await install(place, plan(place, 1));
    expect(lstatSync(link).isFile()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  it('dates nothing if no reload is requested', async () => {
    const place = makePlace();
    expect(commitFiles(await stageFiles(plan(place, 1).slice(0, 2), RUN), null)).toBeNull();
    expect(existsSync(place.navigator)).toBe(false);
  });
});
