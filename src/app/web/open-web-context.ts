import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../../clock.ts';
import { requireDbDir } from '../../database/state-dir.ts';
import { problemOf } from '../../failure.ts';
import { onDisk } from '../../files/disk.ts';
import { readCredentials } from '../../fleet/machine-login.ts';
import { targetsWithStore } from '../../fleet/targets/all-targets.ts';
import { BodyPlaces } from '../../http/body-places.ts';
import { Logins } from '../../http/logins.ts';
import { Seals } from '../../http/seals.ts';
import { TokenBuckets } from '../../http/token-buckets.ts';
import type { Mail } from '../../mail/create-mail.ts';
import type { MailLimits } from '../../mail/postman.ts';
import { IndexEditor } from '../../requests/index-editor.ts';
import { IndexReader } from '../../requests/index-reader.ts';
import { isInIndex } from '../../requests/recover-change.ts';
import { createRuns, type RunsContext } from '../../runs/create-runs.ts';
import { FleetCheck } from '../../runs/fleet-check.ts';
import type { ChildContext } from '../../runs/run-config-update.ts';
import type { Site } from '../../site/site.ts';
import { navigatorPart } from '../../site/static.ts';
import type { StoreSettings } from '../../store/object-store.ts';
import { readStoreSettings } from '../../store/store-settings.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { Meters } from '../../web/monitor/meters.ts';
import { Storage } from '../../web/monitor/storage.ts';
import { PasswordDesk } from '../../web/password/password-desk.ts';
import { Watchers } from '../../web/watcher-count.ts';
import type { WebContext, WebLog } from '../../web/web-context.ts';
import { createWebhooks, type Webhooks } from '../../webhooks/create-webhooks.ts';
import type { WebhookLimits } from '../../webhooks/webhook-limits.ts';
import { type DeploySettings, deploymentOf, readDeploySettings } from './code-changes.ts';
import { livePeople } from './live-people.ts';
import { openMail } from './open-mail.ts';
import type { PasswordThread } from './password-thread.ts';
import { publishedComparison } from './published-comparison.ts';
import { webKey } from './web-key.ts';
import type { WebSettings } from './web-settings.ts';
import { webStateDir } from './web-state-dir.ts';

/** What only this server needs: config-update has no use for it. */
const SERVER_ONLY = /^(?:WEB_|WEBHOOK_|PUBLIC_URL_|SMTP_|MAIL_|METRICS_TOKEN)/;

/** Callbacks a second. A sender has one under way at a time, and sends four a second at most. */
const MOST_OF_ADDRESS = 100;
const MOST_OF_PROJECT = 200;
/** Bytes a day: 64 of the longest runs of ours. Who has a key must not be able to fill the disk. */
const MOST_BYTES_A_DAY = 1024 ** 3;
const DAY_SECONDS = 86_400;
/** Requests a second that ask for updates, verified or not: frequent releases are one a minute. */
const MOST_HOOKS = 10;

export interface WebContextOptions {
  readonly site: Site;
  readonly settings: WebSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly log: WebLog;
  readonly ending: AbortSignal;
  /** For passwords; this thread where absent. */
  readonly passwords?: Pick<PasswordThread, 'verify' | 'hash' | 'waiting'>;
  /** Of the object store; null for none. @throws {Failure} `config-invalid` */
  readonly storeSettings?: () => StoreSettings | null;
  /** Other times, and another program for config-update: for tests. */
  readonly runs?: Partial<Pick<RunsContext, 'limits' | 'command'>>;
  /** Other times for mails: for tests. */
  readonly mailLimits?: Partial<MailLimits>;
  readonly webhookLimits?: Partial<WebhookLimits>;
}

/**
 * Opens everything that the pages work with.
 *
 * @throws {Failure} `db-dir-missing`; `busy`: another server has the state directory; `disk`, `config-invalid`
 */
export function openWebContext({
  site,
  settings,
  env,
  log,
  ending,
  passwords,
  storeSettings = () => readStoreSettings(env),
  runs: other = {},
  mailLimits,
  webhookLimits,
}: WebContextOptions): WebContext {
  const { target, publicUrls, webUrl, isTrusted } = settings;
  requireDbDir(site.dbDir);
  const stateDir = webStateDir(settings.stateDir, log.warn);
  const key = webKey(stateDir);
  const sites = [...publicUrls.values(), ...(webUrl === null ? [] : [webUrl])];
  const publicHosts = [...new Set(sites.map((url) => new URL(url).host))];
  const eventHosts = [...publicUrls.values()].map((url) => new URL(url).host);
  const publicUrl = (names: string): string | null =>
    publicUrls.get(names.split(',').find((one) => publicUrls.has(one)) ?? '') ?? null;
  const indexPath = join(site.dbDir, 'index.sqlite3');
  const index = new IndexReader(indexPath);
  let mail: Mail | null = null;
  let webhooks: Webhooks | null = null;
  let meters: Meters | null = null;
  const child: ChildContext = {
    command: other.command ?? [join(site.appRoot, 'scripts/config-update')],
    cwd: site.appRoot,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !SERVER_ONLY.test(name))),
  };
  const check = (operation: 'verify' | 'dry-run') =>
    new FleetCheck({ child, operation, target, signal: ending, now: Date.now });
  const deploy = readDeploySettings(env);
  const runs = createRuns({
    ...child,
    ...deploymentPart(deploy, child.env, site),
    stateDir,
    dbDir: site.dbDir,
    target,
    isInIndex: (change) => isInIndex(index, change),
    authorization: ({ host, hostname }) => (eventHosts.includes(host) ? loginFor(hostname, env) : null),
    report: log.warn,
    heard: (ids) => {
      mail?.heard(ids);
      meters?.heard(ids);
      webhooks?.wake();
    },
    endpoints: settings.endpoints,
    runUrl: (id) => webUrl && `${webUrl}/runs/${id}`,
    ...other,
  });
  webhooks = createWebhooks({
    outbox: runs.outbox,
    endpoints: settings.endpoints,
    report: log.warn,
    ...(webhookLimits ? { limits: webhookLimits } : {}),
  });
  const people = livePeople(site);
  const seals = new Seals(key, Date.now);
  const room = openMail({
    stateDir,
    settings: settings.mail,
    runs,
    report: log.warn,
    people,
    webUrl,
    passwords: () => desk,
    ...(mailLimits ? { limits: mailLimits } : {}),
  });
  mail = room;
  const desk = new PasswordDesk({ tokens: runs.tokens, seals, mail: room, people, monotonicMs });
  const common = {
    deploys: runs.deploys,
    watchers: new Watchers(),
    logins: new Logins({ now: monotonicMs, ...(passwords ? { verify: passwords.verify } : {}) }),
    fleet: { verify: check('verify'), rehearse: check('dry-run') },
    storage: new Storage(runs, stateDir, monotonicMs),
  };
  meters = new Meters({
    ...common,
    runs,
    passwords: () => passwords?.waiting ?? 0,
    outboxes: { mail: () => room.sizes(), webhooks: () => runs.outbox.sizes() },
    report: log.warn,
  });
  return {
    ...common,
    meters,
    metricsToken: settings.metricsToken,
    base: navigatorPart(site).root,
    target,
    publicUrl,
    publicHosts,
    webUrl,
    runs,
    mail: room,
    passwords: desk,
    index,
    editor: new IndexEditor({
      path: indexPath,
      log: runs,
      ...(passwords ? { hashPassword: passwords.hash } : {}),
      live: (path) => {
        const site = publicUrl(target);
        return site === null ? null : { url: `${site}/${path}` };
      },
    }),
    people,
    seals,
    comparePublished: publishedComparison({
      settings: storeSettings,
      maxIndexBytes: readUpdateSettings(env).maxIndexBytes,
      own: () => index.image(),
    }),
    deployment: deploymentOf(deploy, child.env, ending),
    databases: () => databasesIn(site.dbDir),
    callbackRates: {
      address: new TokenBuckets(monotonicMs, MOST_OF_ADDRESS),
      project: new TokenBuckets(monotonicMs, MOST_OF_PROJECT),
      bytes: new TokenBuckets(monotonicMs, MOST_BYTES_A_DAY / DAY_SECONDS, MOST_BYTES_A_DAY),
    },
    hooks: {
      ...settings.hooks,
      rates: {
        address: new TokenBuckets(monotonicMs, MOST_HOOKS),
        verified: new TokenBuckets(monotonicMs, MOST_HOOKS),
      },
      bucket: bucketOf(storeSettings, log),
      storeTarget: targetsWithStore(target),
    },
    webhooks,
    bodies: new BodyPlaces(monotonicMs),
    isTrusted,
    ending,
    log,
    now: Date.now,
  };
}

/** Only if the settings allow deployments from here. */
function deploymentPart(
  { command, source, isRunHere }: DeploySettings,
  env: NodeJS.ProcessEnv,
  { machineId: machine }: Site,
): Pick<RunsContext, 'deployment'> {
  return isRunHere && source !== null ? { deployment: { command, cwd: source, env, machine } } : {};
}

/** Settings that are wrong are told where they are used. */
function bucketOf(storeSettings: () => StoreSettings | null, log: WebLog): string | null {
  try {
    return storeSettings()?.bucket ?? null;
  } catch (error) {
    log.warn(problemOf(error).message);
    return null;
  }
}

/** Names without their ending. */
function databasesIn(dbDir: string): ReadonlySet<string> {
  const files = onDisk('cannot list', dbDir, () => readdirSync(dbDir));
  return new Set(
    files.flatMap((file) => (file.endsWith('.sqlite3') ? file.slice(0, -'.sqlite3'.length) : [])),
  );
}

/** As config-update logs in to the machines. @throws {Failure} */
function loginFor(hostname: string, env: NodeJS.ProcessEnv): string | null {
  const found = readCredentials(null, env, hostname);
  if (found === null) return null;
  if (found.scheme === 'bearer') return null; // of the machines' CGI alone, not of events
  return `Basic ${Buffer.from(`${found.user}:${found.password}`).toString('base64')}`;
}
