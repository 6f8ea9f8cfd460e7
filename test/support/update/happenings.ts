import { readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { vi } from 'vitest';
import type { Place } from './place.ts';

const FILES = ['htpasswd', 'map.yml', 'showcases.yml', 'tenants.list', 'navigator.yml'] as const;
const aFile = fc.constantFrom(...FILES);
const aNumber = fc.integer({ min: 1, max: 1_000_000 });

/** Same length and times as before, so that the bytes alone tell that something has changed. */
function rewrite(path: string, change: (bytes: Buffer) => Buffer): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(path, change(readFileSync(path)));
  utimesSync(path, atime, mtime);
}

/** One thing that may happen between two runs. */
export type Happening = readonly [what: string, how: (place: Place) => void];

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constant<Happening>(['nothing', () => {}]),
  aNumber.map(
    (n): Happening => [`studio ${n} is renamed`, (p) => p.index(`UPDATE locations SET name = 'N${n}'`)],
  ),
  aNumber.map(
    (n): Happening => [
      `an event ${n} comes`,
      (p) =>
        p.index(
          `INSERT OR IGNORE INTO showcases (id, year, key, name, "order", location_id) VALUES (${n}, 2027, 'e${n}', 'E', 1, 1)`,
        ),
    ],
  ),
  aNumber.map(
    (n): Happening => [
      `a bad row ${n} comes`,
      (p) => p.index(`INSERT OR IGNORE INTO locations (id, key, name) VALUES (${n + 10}, '..', 'N')`),
    ],
  ),
  fc.constant<Happening>(['a user goes', (p) => p.index('DELETE FROM users WHERE id = 2')]),
  fc.constant<Happening>(['the index is packed', (p) => p.index('VACUUM')]),
  fc.constant<Happening>(['the index changes its journal mode', (p) => p.index('PRAGMA journal_mode = WAL')]),
  aNumber.map(
    (n): Happening => [`the index has the user_version ${n}`, (p) => p.index(`PRAGMA user_version = ${n}`)],
  ),
  aFile.map(
    (f): Happening => [
      `a bit of ${f} changes`,
      ({ machine }) =>
        rewrite(machine.path(f), (b) => {
          b.writeUInt8((b[0] ?? 0) ^ 1, 0);
          return b;
        }),
    ],
  ),
  aFile.map(
    (f): Happening => [
      `${f} grows`,
      ({ machine }) => rewrite(machine.path(f), (b) => Buffer.concat([b, Buffer.from('\n')])),
    ],
  ),
  aFile.map(
    (f): Happening => [`${f} is cut`, ({ machine }) => rewrite(machine.path(f), (b) => b.subarray(0, -1))],
  ),
  aFile.map((f): Happening => [`${f} goes`, ({ machine }) => rmSync(machine.path(f))]),
  aFile.map(
    (f): Happening => [
      `${f} is a link to the same`,
      ({ machine }) => {
        const path = machine.path(f);
        renameSync(path, `${path}.other`);
        symlinkSync(`${path}.other`, path);
      },
    ],
  ),
  aFile.map(
    (f): Happening => [`${f} has another time`, ({ machine }) => utimesSync(machine.path(f), 1e9, 1e9)],
  ),
  fc.constant<Happening>([
    'another build comes',
    (p) => {
      p.build = p.build === 'one' ? 'two' : 'one';
    },
  ]),
  fc.constant<Happening>([
    'the program is run from its sources',
    (p) => {
      p.build = null;
    },
  ]),
  fc.integer({ min: 1024, max: 65_535 }).map(
    (port): Happening => [
      `Navigator gets port ${port}`,
      (p) => {
        p.variables = { NAVIGATOR_PORT: String(port) };
      },
    ],
  ),
  fc
    .constantFrom(
      { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' },
      { FLY_APP_NAME: 'smooth', FLY_REGION: 'xyz' },
      { KAMAL_CONTAINER_NAME: 'web' },
      { SHOWCASE_WEB: 'on' },
      { SHOWCASE_WEB: 'on', WEB_LISTEN: '127.0.0.1:9000' },
      { SHOWCASE_WEB: 'https://admin.example/showcase' },
      { SHOWCASE_WEB: 'https://other.example/showcase' },
    )
    .map(
      (variables): Happening => [
        `the machine is ${JSON.stringify(variables)}`,
        (p) => {
          p.variables = variables;
        },
      ],
    ),
  fc.constant<Happening>([
    'there is more memory',
    (p) => {
      p.memoryGiB += 1;
    },
  ]),
  fc.integer({ min: -1e9, max: 1e9 }).map(
    (seconds): Happening => [
      `the clock goes by ${seconds} s`,
      () => {
        vi.setSystemTime(Date.now() + seconds * 1000);
      },
    ],
  ),
  fc.constant<Happening>([
    'the journal forgets the proof',
    (p) => p.inJournal("DELETE FROM meta WHERE key = 'proved'"),
  ]),
  fc.constant<Happening>([
    'the journal has half a proof',
    (p) => p.inJournal("UPDATE meta SET value = substr(value, 1, 40) WHERE key = 'proved'"),
  ]),
  fc.constant<Happening>([
    'the journal has a proof without files',
    (p) =>
      p.inJournal(
        "UPDATE meta SET value = json_set(value, '$.outputs', json('[]')) WHERE key = 'proved' AND json_valid(value)",
      ),
  ]),
);
