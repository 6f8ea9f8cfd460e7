import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpLimits, type Listener, listen } from '../../../src/app/web/http-listener.ts';
import { openWebContext } from '../../../src/app/web/open-web-context.ts';
import { readWebSettings } from '../../../src/app/web/web-settings.ts';
import type { MailLimits } from '../../../src/mail/postman.ts';
import type { Limits } from '../../../src/runs/run-limits.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import { createApplication } from '../../../src/web/application.ts';
import type { Route } from '../../../src/web/route.ts';
import { ROUTES } from '../../../src/web/routes.ts';
import type { WebContext } from '../../../src/web/web-context.ts';
import type { WebhookLimits } from '../../../src/webhooks/webhook-limits.ts';
import { atEnd } from '../suite/at-end.ts';
import { ACCOUNTS, basic, type Owned, type Role, webIndex } from './web-people.ts';

/** A whole server in this process, on a port of 127.0.0.1, with an index and runs of its own. */
export interface TestServer {
  readonly context: WebContext;
  /** With the base path, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly home: string;
  readonly indexPath: string;
  readonly studios: Owned;
  /** What it has logged, one line each. */
  readonly log: string[];
  /** Asks for a path below the base, as somebody of that role; redirects are not followed. */
  ask(path: string, as?: Role, init?: RequestInit): Promise<Response>;
  /** Sends a form, with a token of that role's and as its page would. */
  post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
    as?: Role,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Ends it, as SIGTERM does. */
  end(): Promise<void>;
}

export interface TestServerOptions {
  readonly routes?: readonly Route[];
  readonly env?: NodeJS.ProcessEnv;
  readonly limits?: HttpLimits;
  /** In place of `webIndex`. */
  readonly index?: Buffer;
  /** What is started in place of config-update. */
  readonly command?: readonly string[];
  /** With `command`. */
  readonly runLimits?: Partial<Limits>;
  readonly mailLimits?: Partial<MailLimits>;
  readonly webhookLimits?: Partial<WebhookLimits>;
  /** Of a server that was ended before; a new one where absent. */
  readonly home?: string;
  /** In place of what the pages work with else, such as their clock. */
  readonly context?: Partial<WebContext>;
  /** Whether the home stays after the end. */
  readonly keep?: true;
}

/** The usual ones end a request after 30 s, which one of 500 at once can take where many other tests run. */
const PATIENT: HttpLimits = { headersMs: 60_000, requestMs: 120_000, closeMs: 5000 };

/** Starts one, which ends with the tests of the file. */
export async function startWeb(options: TestServerOptions = {}): Promise<TestServer> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'web-'));
  const appRoot = join(home, 'rails');
  const dbDir = join(home, 'db');
  for (const path of [appRoot, dbDir]) mkdirSync(path, { recursive: true });
  const indexPath = join(dbDir, 'index.sqlite3');
  const { image, studios } = webIndex();
  if (!options.home) writeFileSync(indexPath, options.index ?? image);
  const env = { APP_ROOT: appRoot, RAILS_DB_VOLUME: dbDir, ...options.env };
  const site = siteFrom(env, { defaultAppRoot: appRoot, hostname: 'admin', totalMemoryBytes: 2 ** 31 }, null);
  const settings = readWebSettings(env, site, { host: '127.0.0.1', port: 0 });
  const log: string[] = [];
  const stop = new AbortController();
  const opened = openWebContext({
    site,
    settings,
    env,
    ending: stop.signal,
    log: {
      note: (message) => log.push(message),
      warn: (message) => log.push(message),
      exception: (error) => log.push(String((error as Error).stack)),
    },
    ...(options.command ? { runs: { command: options.command, limits: options.runLimits ?? {} } } : {}),
    ...(options.mailLimits ? { mailLimits: options.mailLimits } : {}),
    ...(options.webhookLimits ? { webhookLimits: options.webhookLimits } : {}),
  });
  const context: WebContext = { ...opened, ...options.context };
  const listener: Listener = await listen(
    createApplication(options.routes ?? ROUTES, context),
    settings.listen,
    options.limits ?? PATIENT,
  );
  context.runs.start();
  context.mail.start();
  context.webhooks.start();
  const url = `http://${listener.address}${context.base}`;
  let ended: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ended ??= (async () => {
      stop.abort();
      await listener.close();
      await context.webhooks.close();
      await Promise.all([context.runs.close(), context.mail.close()]);
      if (!options.keep) rmSync(home, { recursive: true });
    })();
    return ended;
  };
  atEnd(end);
  const ask: TestServer['ask'] = (path, as = 'nobody', init = {}) =>
    fetch(`${url}${path}`, { redirect: 'manual', ...init, headers: { ...loginOf(as), ...init.headers } });
  return {
    context,
    url,
    port: listener.port,
    home,
    indexPath,
    studios,
    log,
    ask,
    post: (path, fields, as = 'nobody', headers = {}) =>
      ask(path, as, {
        method: 'POST',
        body: encoded({ ...tokenOf(context, as), ...fields }),
        headers,
      }),
    end,
  };
}

/** As a browser sends a form; of a list each one by the same name. */
function encoded(fields: Readonly<Record<string, string | readonly string[]>>): URLSearchParams {
  const pairs = Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(pairs);
}

function loginOf(as: Role): Record<string, string> {
  return as === 'nobody' ? {} : { Authorization: basic(ACCOUNTS[as]) };
}

/** The hidden field of a form that this role was given. */
export function tokenOf({ seals }: WebContext, as: Role): { readonly 'form-token': string } {
  const subject = as === 'nobody' ? '' : ACCOUNTS[as].userid;
  return { 'form-token': seals.seal({ purpose: 'form', subjects: [subject] }, 60_000) };
}
