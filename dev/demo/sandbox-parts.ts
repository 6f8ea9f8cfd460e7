/** What a sandbox consists of. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventPlaces } from '../../src/index/event-places.ts';
import { readValidIndex } from '../../src/index/read-index.ts';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../sample/sample.ts';
import { runProgram } from '../web/child.ts';
import { DemoBucket } from './bucket.ts';
import { startFleet } from './fleet.ts';
import { makeDirectories, makePlace, ownEnvironment, ROOT, removePlace, writeVariables } from './place.ts';
import { renderPages } from './rendered-once.ts';

export const SANDBOX = join(ROOT, 'tmp/sandbox');

export interface Sandbox {
  /** What there is, and what to do with it. */
  readonly introduction: string;
  close(): Promise<void>;
}

/**
 * Makes an admin host whose index was published once, and every machine has; and has been changed since.
 *
 * @param count how many machines there are
 * @throws if the signal ends it before it is ready
 */
export async function makeSandbox(count: number, signal: AbortSignal): Promise<Sandbox> {
  const place = makePlace('sandbox');
  const undo: (() => Promise<unknown>)[] = [async () => removePlace(place.path)];
  const close = async (): Promise<void> => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    const bucket = await DemoBucket.start(place.path);
    undo.push(() => bucket.close());
    const { appRoot, dbDir } = makeDirectories(join(place.path, 'admin'));
    const key = join(place.path, 'push.key');
    writeFileSync(key, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    const { HOME = '', ...where } = ownEnvironment(place);
    const plain = { ...where, ...bucket.variables, UPDATE_CONFIG_KEY_FILE: key };
    const fleet = await startFleet(count, join(place.path, 'machines'), { ...plain, HOME });
    undo.push(() => fleet.close());
    const { userid, password } = SAMPLE_ADMINISTRATOR;
    const all = {
      ...plain,
      ...fleet.variables,
      APP_ROOT: appRoot,
      RAILS_DB_VOLUME: dbDir,
      FLEET_USER: `${userid}:${password}`,
    };
    const index = makeSampleIndex();
    const path = join(dbDir, 'index.sqlite3');
    writeFileSync(path, index);
    await bucket.putDatabases(databasesOfNewest(index));
    await runProgram([join(ROOT, 'scripts/config-update')], { ...all, HOME });
    const machines = fleet.machines.map((own) => ({ ...plain, ...own }));
    const own = runProgram([join(ROOT, 'cgi-bin/update_config')], { ...all, HOME });
    await Promise.all([own, renderPages(machines.map((env) => ({ ...env, HOME })))]);
    const { index: changed, changes } = changeSample(index);
    writeFileSync(path, changed);
    writeVariables(join(place.path, 'env'), all);
    writeVariables(join(place.path, 'machine'), machines[0] ?? {});
    signal.throwIfAborted();
    return { introduction: introduce(place.shown, count, changes, all), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function databasesOfNewest(image: Buffer): string[] {
  const { index } = readValidIndex(image);
  const newest = `${index.years[0]?.year}-`;
  return [...eventPlaces(index).values()]
    .map(({ database }) => database)
    .filter((name) => name.startsWith(newest));
}

function introduce(
  shown: string,
  count: number,
  changes: readonly string[],
  { FLY_API_HOSTNAME: site, FLEET_USER: user }: Readonly<Record<string, string>>,
): string {
  return [
    `A sandbox: an admin host with the sample index, an object store, and ${count} machines that have what was`,
    `published. Changed since: ${changes.join('; ')}.`,
    '',
    'In another terminal, in this directory, as the admin host:',
    '',
    `  . ${shown}/env`,
    '  scripts/config-update --dry-run   # what would be published, and what would each machine change?',
    '  scripts/config-update             # publish, then update every machine',
    '  scripts/config-update --undo      # take that back',
    '',
    'Or, in one more, as one of the machines:',
    '',
    `  . ${shown}/machine`,
    '  cgi-bin/update_config --dry-run   # what would change here?',
    '  scripts/ready --list              # which events and pages does this machine have?',
    '',
    `The machines' site: ${site}/showcase/studios/ (${user?.replace(':', ', password ')})`,
    'Every command of docs/FLEET.md and docs/OPERATING.md that needs no other host works here.',
  ].join('\n');
}
