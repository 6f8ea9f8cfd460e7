import { statSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { BUILD_ID } from '../../build-id.ts';
import type { Input } from '../../cgi/body.ts';
import { madeBefore } from '../../database/made-before.ts';
import { Failure } from '../../failure.ts';
import { onDisk } from '../../files/disk.ts';
import type { User } from '../../index/index-model.ts';
import { readLiveIndex } from '../../install/live-index.ts';
import { arrival } from '../../journal/arrival.ts';
import type { Arrival } from '../../journal/journal-model.ts';
import type { Reporter, Tell } from '../../report/events.ts';
import { type Log, pinoReport } from '../../report/log.ts';
import { createScrubber, type Scrubber, secretsOf } from '../../report/redact.ts';
import { createStream } from '../../report/stream.ts';
import { giveAwayLeftovers } from '../../rights/leftovers.ts';
import { identityOf, logDirOf } from '../../site/identity.ts';
import { type Host, readSite } from '../../site/read-site.ts';
import type { Site } from '../../site/site.ts';
import type { StoreSettings } from '../../store/object-store.ts';
import { readStoreSettings } from '../../store/store-settings.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { versionText } from '../../version.ts';
import { makeDirectories } from '../known-directories.ts';
import { cautionsOf } from './cautions.ts';

/** What the caller gives that runs this within a process of its own, as tests do. An executable has no caller. */
interface Caller {
  readonly arrival: Arrival;
  /** The build that it stands for. */
  readonly build: string;
  /** Standard input. */
  readonly input: Input;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
}

/** The world as an executable finds it. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  /** Parent of the directory that the executable stands in. */
  readonly defaultAppRoot: string;
  /** Name of the operation, which names its log too. */
  readonly name: string;
  /** Why nothing can be done here, if so. */
  readonly problem?: Failure;
  /** By the name of a secret: why the file that holds it cannot be used. */
  readonly problems?: ReadonlyMap<string, Failure>;
  /** What the operator should know of the secrets. */
  readonly cautions?: readonly string[];
  /** As `Secrets.unused`. */
  readonly unused?: readonly string[];
  /** The problem with the named account, which does not stop the work. */
  readonly accountCaution?: string;
  readonly caller?: Caller;
}

/** When the request came, or the executable was started. */
export function arrivalOf({ caller }: World): Arrival {
  return caller?.arrival ?? arrival();
}

/** What the machine itself says of where this runs. */
export function hostOf({ defaultAppRoot }: World): Host {
  return { defaultAppRoot, hostname: hostname(), totalMemoryBytes: totalmem() };
}

/**
 * Where this runs.
 *
 * @throws {Failure} `config-invalid`, naming the variable or the key of the override file.
 */
export async function siteOf(world: World): Promise<Site> {
  if (world.problem) throw world.problem;
  const site = await readSite(world.env, hostOf(world));
  if (!isDirectory(site.appRoot)) {
    throw new Failure(
      'config-invalid',
      `APP_ROOT is ${JSON.stringify(site.appRoot)}, which is not a directory`,
      {
        hint: "Set APP_ROOT to the application's directory, such as /rails.",
      },
    );
  }
  return site;
}

/** @throws {Failure} `disk` */
function isDirectory(path: string): boolean {
  const stats = onDisk('cannot look at', path, () => statSync(path, { throwIfNoEntry: false }));
  return stats?.isDirectory() ?? false;
}

/**
 * The object store's settings; null where none is configured.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function storeSettingsOf({ env, problems }: World): StoreSettings | null {
  for (const [name, problem] of problems ?? []) if (name.startsWith('AWS_')) throw problem;
  return readStoreSettings(env);
}

/**
 * The same world with the application in the directory that `--app-root` names; null where it was not given.
 *
 * @throws {Failure} `usage`: a mistyped directory would be made and filled, and the right one left as it is; `disk`.
 */
export function atAppRoot(world: World, appRoot: string | null): World {
  if (appRoot === null) return world;
  if (!isDirectory(appRoot)) {
    throw new Failure('usage', `--app-root ${JSON.stringify(appRoot)} is not a directory`, {
      hint: "Name the application's directory, such as /rails.",
    });
  }
  return { ...world, env: { ...world.env, APP_ROOT: appRoot } };
}

/** The log, and the reporters of the executable. */
export interface Voice {
  readonly log: Log;
  readonly scrubber: Scrubber;
  readonly report: Tell;
  /** Says something in the log alone. */
  readonly logOnly: Tell;
}

/** @param standardError whether the log's JSON lines go to standard error. */
export function buildVoice(world: World, reporters: readonly Reporter[], standardError: boolean): Voice {
  const { env, name, cautions = [], accountCaution, unused = [] } = world;
  const scrubber = createScrubber([...secretsOf(env), ...unused]);
  const logDir = logDirOf(env, world.defaultAppRoot);
  if (logDir) giveAwayLeftovers(logDir, [`${name}.log`], madeBefore);
  const log = pinoReport({
    logDir,
    standardError: standardError && (world.caller?.complain ?? true),
    name,
    base: scrubber.value({ ...identityOf(env, hostname()), version: versionText() }),
    scrubber,
  });
  const report = createStream([log.report, ...reporters], scrubber);
  if (accountCaution) report({ type: 'note', level: 'warning', message: accountCaution });
  for (const message of cautions) report({ type: 'note', level: 'warning', isPrivate: true, message });
  return { log, scrubber, report, logOnly: createStream([log.report], scrubber) };
}

/**
 * Builds the context of an update from the environment. The store's variables are read when it is opened: a rollback, the start hook
 * and a request for the state do not need them, and must not fail because of them.
 *
 * @param makesDirectories whether missing directories are made, before anything is said of them
 * @throws {Failure} `config-invalid`, naming the variable or the key of the override file.
 */
export async function buildUpdateContext(
  world: World,
  voice: Voice,
  { makesDirectories = false }: { readonly makesDirectories?: boolean } = {},
): Promise<UpdateContext> {
  const { env } = world;
  const warn = (message: string, isPrivate = false) =>
    voice.report({ type: 'note', level: 'warning', isPrivate, message });
  for (const name of ['UPDATE_CONFIG_TOKEN', 'UPDATE_CONFIG_KEY']) {
    const problem = world.problems?.get(name);
    if (problem) warn(problem.message, true);
  }
  const site = await siteOf(world);
  const settings = readUpdateSettings(env);
  if (makesDirectories) makeDirectories(site, voice.report);
  for (const message of cautionsOf(site, env)) warn(message);
  return {
    site,
    settings,
    build: world.caller?.build ?? BUILD_ID,
    report: voice.report,
    unexpected: voice.log.exception,
    openStore: async () => {
      const store = storeSettingsOf(world);
      return store ? (await import('../../store/reader.ts')).createReader(store) : null;
    },
    openNewDatabases: async () => {
      const [{ newDatabases }, { readTenantSettings }, { withoutRequest }] = await Promise.all([
        import('../../tenants/new-databases.ts'),
        import('../../tenants/tenants-settings.ts'),
        import('../../child/child-environment.ts'),
      ]);
      const { prepareTimeoutMs: budgetMs } = settings;
      return newDatabases({
        site,
        settings: readTenantSettings(env),
        env: withoutRequest(env),
        budgetMs,
        unexpected: voice.log.exception,
        openStore: async () => {
          const store = storeSettingsOf(world);
          if (!store) return null;
          const timeoutMs = Math.min(store.timeoutMs, budgetMs);
          return (await import('../../store/reader.ts')).createReader({ ...store, timeoutMs });
        },
      });
    },
  };
}

/** The users of the installed index; null when there is none that can be read. */
export async function installedUsers({
  site,
  settings,
}: Pick<UpdateContext, 'site' | 'settings'>): Promise<readonly User[] | null> {
  const { image } = await readLiveIndex(site, settings.maxIndexBytes);
  if (!image) return null;
  const [{ openImage }, { readIndex }] = await Promise.all([
    import('../../database/image.ts'),
    import('../../index/read-index.ts'),
  ]);
  try {
    const db = openImage(image);
    try {
      return readIndex(db).index.users;
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}
