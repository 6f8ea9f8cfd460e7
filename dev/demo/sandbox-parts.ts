/** What a sandbox consists of. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventPlaces } from '../../src/index/event-places.ts';
import { readValidIndex } from '../../src/index/read-index.ts';
import { changeSample, makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../sample/sample.ts';
import { endProgram, runProgram, startProgram } from '../web/child.ts';
import { DemoBucket } from './bucket.ts';
import { makeDirectories, makePlace, ownEnvironment, ROOT, writeVariables } from './place.ts';

export const SANDBOX = join(ROOT, 'tmp/sandbox');

const MACHINES = 8;
/** Where they are, in turn: all regions of the sample index, and one for which no studio is nearest. */
const REGIONS = 'iad,sjc,gru,fra,nrt,syd,jnb,ord';

export interface Sandbox {
  /** What there is, and what to do with it. */
  readonly introduction: string;
  close(): Promise<void>;
}

/**
 * Makes an admin host whose index was published once, and every machine has; and has been changed since.
 *
 * @throws if the signal ends it before it is ready
 */
export async function makeSandbox(signal: AbortSignal): Promise<Sandbox> {
  const place = makePlace('sandbox');
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    const bucket = await DemoBucket.start(place.path);
    undo.push(() => bucket.close());
    const { appRoot, dbDir } = makeDirectories(join(place.path, 'admin'));
    const key = join(place.path, 'push.key');
    writeFileSync(key, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    const { HOME, ...where } = ownEnvironment(place);
    const plain = { ...where, ...bucket.variables, UPDATE_CONFIG_KEY_FILE: key };
    const fleet = await startProgram(
      [
        ...[join(ROOT, 'scripts/fleet-sim'), '--quiet', '--machines', String(MACHINES), '--regions', REGIONS],
        ...['--cgi', join(ROOT, 'cgi-bin/update_config'), '--home', join(place.path, 'machines')],
      ],
      { ...plain, HOME },
      (line) => line.startsWith('Ready.'),
    );
    undo.push(() => endProgram(fleet));
    const { userid, password } = SAMPLE_ADMINISTRATOR;
    const all = {
      ...plain,
      ...variablesIn(fleet.said),
      APP_ROOT: appRoot,
      RAILS_DB_VOLUME: dbDir,
      FLEET_USER: `${userid}:${password}`,
    };
    const index = makeSampleIndex();
    const path = join(dbDir, 'index.sqlite3');
    writeFileSync(path, index);
    await bucket.putDatabases(databasesOfNewest(index));
    await runProgram([join(ROOT, 'scripts/config-update')], { ...all, HOME });
    const pages = machinesIn(fleet.said).map(({ id, region }) =>
      runProgram([join(ROOT, 'scripts/ready'), '--only', 'pages'], {
        ...{ ...plain, HOME, FLY_APP_NAME: 'smooth', FLY_REGION: region, FLY_MACHINE_ID: id },
        APP_ROOT: join(place.path, 'machines', id, 'rails'),
        RAILS_DB_VOLUME: join(place.path, 'machines', id, 'db'),
      }),
    );
    const own = runProgram([join(ROOT, 'cgi-bin/update_config')], { ...all, HOME });
    await Promise.all([own, ...pages]);
    const { index: changed, changes } = changeSample(index);
    writeFileSync(path, changed);
    writeVariables(join(place.path, 'env'), all);
    signal.throwIfAborted();
    return { introduction: introduce(place.shown, changes, all), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What fleet-sim says aims config-update at its machines. */
function variablesIn(said: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    said.flatMap((line) => {
      const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function machinesIn(said: readonly string[]): { readonly id: string; readonly region: string }[] {
  return said.flatMap((line) => {
    const [, id, region] = /^ {2}([0-9a-f]{14}) {2}(\w+) /.exec(line) ?? [];
    return id === undefined || region === undefined ? [] : [{ id, region }];
  });
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
  changes: readonly string[],
  { FLY_API_HOSTNAME: site, FLEET_USER: user }: Readonly<Record<string, string>>,
): string {
  return [
    `A sandbox: an admin host with the sample index, an object store, and ${MACHINES} machines. Every machine has`,
    `what was published; since then ${changes.join(', and ')}.`,
    '',
    'In another terminal, in this directory:',
    '',
    `  . ${shown}/env`,
    '  scripts/config-update --dry-run   # what would be published, and what would each machine change?',
    '  scripts/config-update             # publish, then update every machine',
    '  scripts/config-update --undo      # take that back',
    '  cgi-bin/update_config --dry-run   # this host as a machine: what would change here?',
    '',
    `The machines' site: ${site}/showcase/studios/ (${user?.replace(':', ', password ')})`,
    'Every command of docs/FLEET.md and docs/OPERATING.md that needs no other host works here.',
  ].join('\n');
}
