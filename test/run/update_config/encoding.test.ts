import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Machine } from '../../support/machine/machine.ts';
import { startPublished } from '../../support/machine/published.ts';

/** The same tables and rows, with all texts in UTF-16. */
function inUtf16(image: Buffer): Buffer {
  const source = openImage(image);
  const target = openDatabase(':memory:');
  try {
    target.pragma("encoding = 'UTF-16le'");
    const tables = source
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    for (const { name, sql } of tables) {
      target.exec(sql);
      for (const row of source.prepare<[], unknown[]>(`SELECT * FROM "${name}"`).raw().all()) {
        target.prepare(`INSERT INTO "${name}" VALUES (${row.map(() => '?').join(', ')})`).run(row);
      }
    }
    return target.serialize();
  } finally {
    source.close();
    target.close();
  }
}

it('an index in UTF-16 is not written over a live one in UTF-8, and is installed where there is none', async () => {
  const published = await startPublished();
  const [live, fresh] = [new Machine(published.env), new Machine(published.env)];
  try {
    const first = makeSampleIndex();
    await published.publish(first, new Date('2026-01-01T00:00:00Z'));
    expect((await live.post()).status).toBe(200);
    const before = readFileSync(live.path('index.sqlite3'));
    const files = readFileSync(live.path('htpasswd'));

    await published.publish(inUtf16(changeSample(first).index), new Date('2026-01-02T00:00:00Z'));
    const { stdout, exitCode } = await live.run([]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/the new database has the text encoding UTF-16le, and .* has UTF-8/);
    expect(stdout).toContain('index-invalid');
    expect(readFileSync(live.path('index.sqlite3'))).toEqual(before);
    expect(readFileSync(live.path('htpasswd'))).toEqual(files);

    expect((await fresh.post()).status).toBe(200);
  } finally {
    for (const machine of [live, fresh]) machine.remove();
    await published.close();
  }
});
