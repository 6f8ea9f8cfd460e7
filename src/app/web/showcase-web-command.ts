import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { problemOf } from '../../failure.ts';
import { createApplication } from '../../web/application.ts';
import { ROUTES } from '../../web/routes.ts';
import type { WebLog } from '../../web/web-context.ts';
import { isUsage, readCall, type Streams } from '../arguments.ts';
import {
  atAppRoot,
  buildVoice,
  siteOf,
  storeSettingsOf,
  type Voice,
  type World,
} from '../machine/machine-context.ts';
import { runToEnd } from '../run-to-end.ts';
import { printRefusal } from '../without-log.ts';
import { listen } from './http-listener.ts';
import { openWebContext } from './open-web-context.ts';
import { whenParentIsGone } from './parent-watch.ts';
import { PasswordThread } from './password-thread.ts';
import { SHOWCASE_WEB, type WebOptions } from './showcase-web-options.ts';
import { readWebSettings } from './web-settings.ts';

/** How it ended: exit code 1 when it could not begin, 2 for options that make no sense. */
export type WebCode = 0 | 1 | 2;

/** Milliseconds for runs and mails to let go of the disk. */
const CLOSE_MS = 3000;

/** Serves until the signal is aborted, or, if asked to, until the parent is gone. */
export async function runShowcaseWeb(
  world: World,
  args: readonly string[],
  streams: Streams,
  stop: AbortController,
): Promise<WebCode> {
  const call = await readCall(SHOWCASE_WEB, args, streams, world);
  if (call.kind === 'answered') return call.exitCode;
  const { task } = call.options();
  const voice = buildVoice(world, [], task === null && world.env['RAILS_LOG_VOLUME'] === undefined);
  return await runToEnd<WebCode>(
    {
      unexpected: voice.log.exception,
      refused: (error) => refuse(error, voice, streams, world),
      close: () => voice.log.close(),
    },
    async () => {
      await voice.log.flush();
      const options = call.options();
      const place = atAppRoot(world, options.appRoot);
      if (task) {
        const { doKeysTask } = await import('./keys-command.ts');
        streams.write(await doKeysTask(task, place, logTo(voice)));
      } else await serve(place, options, { streams, stop, log: logTo(voice) });
      return 0;
    },
  );
}

function refuse(error: unknown, { logOnly }: Voice, streams: Streams, world: World): WebCode {
  const { code, message } = problemOf(error);
  if (!isUsage(error)) logOnly({ type: 'note', level: 'warning', message: `failed (${code}): ${message}` });
  return printRefusal(error, streams, world);
}

interface Serving {
  readonly streams: Streams;
  readonly stop: AbortController;
  readonly log: WebLog;
}

/** @throws {Failure} it cannot begin */
async function serve(world: World, options: WebOptions, { streams, stop, log }: Serving): Promise<void> {
  const site = await siteOf(world);
  for (const [name, problem] of world.problems ?? [])
    if (/^(?:SMTP|WEBHOOK|METRICS)_/.test(name)) throw problem;
  const settings = readWebSettings(world.env, site, options.listen);
  const { signal } = stop;
  const passwords = new PasswordThread(resolve(process.argv[1] ?? ''));
  const context = openWebContext({
    site,
    settings,
    env: world.env,
    log,
    ending: signal,
    passwords,
    storeSettings: () => storeSettingsOf(world),
  });
  const { runs, mail, webhooks, base } = context;
  try {
    const listener = await listen(createApplication(ROUTES, context), settings.listen);
    const forget = options.withParent ? whenParentIsGone(() => stop.abort()) : () => {};
    runs.start();
    mail.start();
    webhooks.start();
    if (context.publicUrl(settings.target) === null) log.warn(withoutPublicUrl(settings.target));
    log.note(`listening on http://${listener.address}${base}/`);
    streams.write(`Listening on http://${listener.address}${base}/\n`);
    if (!signal.aborted) await new Promise((ended) => signal.addEventListener('abort', ended));
    forget();
    log.note('ending');
    await listener.close();
  } finally {
    stop.abort();
    const closed = webhooks.close().then(() => runs.close());
    await Promise.race([Promise.all([closed, mail.close(), passwords.close()]), wait(CLOSE_MS)]);
  }
}

/** The caution that nobody will ask whether an event answers. */
function withoutPublicUrl(target: string): string {
  const setting = `PUBLIC_URL_${target.split(',')[0]?.toUpperCase()}`;
  return `${setting} is not set, so an event counts as live once the machines have it, and nobody asks whether it answers; set it to where events are seen, such as https://smooth.fly.dev/showcase`;
}

function logTo({ log, logOnly }: Voice): WebLog {
  return {
    note: (message) => logOnly({ type: 'note', message }),
    warn: (message) => logOnly({ type: 'note', level: 'warning', message }),
    exception: log.exception,
  };
}
