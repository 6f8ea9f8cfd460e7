import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { asFailure, Failure } from '../../failure.ts';
import { readValidIndex } from '../../index/read-index.ts';
import { readLiveIndex } from '../../install/live-index.ts';
import { siteFrom } from '../../site/read-site.ts';
import { counted } from '../../text.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { hostOf, siteOf, type World } from '../machine/machine-context.ts';
import { type Asker, type Finding, firstProblem, lineProblem, problemIn, required } from './asker.ts';
import { type Answers, withSettings } from './onboard-answers.ts';
import { type Part, settingRows } from './wizard-part.ts';

/** Where the application is, and its databases. */
export const PLACE: Part = {
  name: 'place',
  title: 'The application and its index',
  flags: '--app-root and --db-dir',
  isAnswered: ({ settings }) => settings.has('APP_ROOT') && settings.has('RAILS_DB_VOLUME'),
  rows: (answers) =>
    settingRows(answers, [
      ['Application', 'APP_ROOT'],
      ['Databases', 'RAILS_DB_VOLUME'],
    ]),
  ask,
  checking: 'Reading the index',
  check: (_, world) => check(world),
};

async function ask(answers: Answers, asker: Asker, world: World): Promise<Answers> {
  const appRoot = await asker.text({
    message: "The application's directory (APP_ROOT)",
    present: answers.settings.get('APP_ROOT') ?? world.defaultAppRoot,
    example: '/rails',
    problem: firstProblem(required('A directory'), lineProblem, absoluteProblem, (path) =>
      isDirectory(path) ? problemOfPlace(world, { APP_ROOT: path }) : 'There is no such directory.',
    ),
  });
  const dbDir = await asker.text({
    message: 'The directory of databases (RAILS_DB_VOLUME)',
    present: answers.settings.get('RAILS_DB_VOLUME') ?? join(appRoot, 'db'),
    example: '/data/db',
    problem: firstProblem(required('A directory'), lineProblem, absoluteProblem, (path) =>
      problemOfPlace(world, { APP_ROOT: appRoot, RAILS_DB_VOLUME: path }),
    ),
  });
  return withSettings(answers, 'place', { APP_ROOT: resolve(appRoot), RAILS_DB_VOLUME: resolve(dbDir) });
}

function absoluteProblem(path: string): string | null {
  return isAbsolute(path) ? null : 'Give a path that begins with a slash.';
}

function problemOfPlace(world: World, env: NodeJS.ProcessEnv): string | null {
  return problemIn(() => siteFrom(env, hostOf(world), null));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // something on the way is a file, or nobody may look
  }
}

async function check(world: World): Promise<Finding> {
  const site = await siteOf(world);
  const cautions =
    site.deployment === 'local'
      ? []
      : [`This is a ${site.deployment} machine; config-update belongs on the host that owns the index.`];
  if (!isDirectory(site.dbDir))
    return { lines: [], warnings: [...cautions, `There is no directory ${site.dbDir} yet.`] };
  try {
    const live = await readLiveIndex(site, readUpdateSettings(world.env).maxIndexBytes);
    if (live.image === null) throw missing(live.path, live.problem);
    return { lines: [describeIndex(live.image, live.modified)], warnings: cautions };
  } catch (error) {
    const { message, hint } = asFailure(error);
    return { lines: [], warnings: [...cautions, `${message}. ${hint}`] };
  }
}

function missing(path: string, problem: string | null): Failure {
  return new Failure(
    'index-missing',
    problem ? `${path} is not an index: ${problem}` : `There is no ${path}`,
    {
      hint: 'The first update needs it.',
    },
  );
}

/** @throws {Failure} `index-invalid` */
function describeIndex(image: Buffer, modified: Date | null): string {
  const { index, warnings } = readValidIndex(image);
  const events = index.years
    .flatMap(({ studios }) => studios)
    .reduce((sum, { events: all }) => sum + all.length, 0);
  const counts = [
    counted(events, 'event'),
    counted(index.studios.length, 'studio'),
    counted(index.users.length, 'user'),
  ].join(', ');
  const when = modified ? `, last changed ${shortTime(modified.toISOString())}` : '';
  const left = warnings.length > 0 ? `; ${counted(warnings.length, 'row')} cannot be used as they stand` : '';
  return `index.sqlite3 is valid: ${counts}${when}${left}`;
}

/** `2026-01-02 03:04 UTC` */
export function shortTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
