import { httpFor } from '../http-for.ts';

/** Milliseconds for the whole request: a hook has 10 s left when its own time is over. */
const PATIENCE_MS = 8000;

/** Whom `SYNC_WEBHOOK` names. */
export interface Webhook {
  readonly url: URL | null;
  /** Why the setting cannot be used; null where it can, or is unset or empty. Uploads do not wait for it to be mended. */
  readonly problem: string | null;
}

export function readWebhook(env: NodeJS.ProcessEnv): Webhook {
  const text = env['SYNC_WEBHOOK'];
  if (!text) return { url: null, problem: null };
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return { url, problem: null };
  const problem =
    'SYNC_WEBHOOK must be an http or https URL without user and password; no upload is announced';
  return { url: null, problem };
}

/**
 * Asks for that URL with GET, as the platform's own script does after an upload, so that the other side fetches what is new.
 * Nothing is sent with it, what it answers is not read, and no redirect is followed.
 *
 * @returns why that failed; null where it was taken. Never rejects.
 */
export async function callWebhook(url: URL): Promise<string | null> {
  const problem = await ask(url);
  // No more than where it went: what else a URL has may be a secret.
  return problem === null ? null : `the webhook at ${url.origin} (SYNC_WEBHOOK) ${problem}`;
}

async function ask(url: URL): Promise<string | null> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return await new Promise((resolve) => {
    const request = httpFor(url).get(url, { signal, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      response.on('error', () => {}); // all that counts is known
      resolve(status >= 200 && status < 300 ? null : `answered ${status}`);
      response.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        signal.aborted
          ? `gave no answer within ${PATIENCE_MS / 1000} s`
          : `cannot be asked (${error.code ?? error.message})`,
      );
    });
  });
}
