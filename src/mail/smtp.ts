import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Message } from './mail-model.ts';
import type { MailServer, MailSettings } from './mail-settings.ts';

/** Milliseconds. */
export interface SmtpLimits {
  readonly connectMs: number;
  /** Without a byte from the server. */
  readonly silenceMs: number;
  /** For one mail, all in all: a server that says one byte now and then must not hold up the others. */
  readonly wholeMs: number;
}

export const SMTP_LIMITS: SmtpLimits = { connectMs: 10_000, silenceMs: 20_000, wholeMs: 60_000 };

/** Why a mail was not sent. */
export class NotSent extends Error {
  /** The server does not want this mail, now or ever. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

export interface Delivery {
  readonly settings: Pick<MailSettings, 'server' | 'from'>;
  readonly limits: SmtpLimits;
  readonly messageId: string;
  readonly at: Date;
  /** Asked when the server is ready to take it; null if there is nothing to be said any more. */
  readonly compose: () => Promise<Message | null>;
  readonly signal: AbortSignal;
}

/**
 * Sends one mail, by a connection of its own.
 *
 * @returns whether there was one
 * @throws {NotSent} what `compose` throws
 */
export async function sendMail(delivery: Delivery): Promise<boolean> {
  const { settings, limits, signal } = delivery;
  const connection = await connectionTo(settings.server, limits);
  let lose: (why: NotSent) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  lost.catch(() => {});
  const late = AbortSignal.timeout(limits.wholeMs);
  const stop = (): void => lose(new NotSent(whyStopped(signal, limits), false));
  for (const each of [late, signal]) each.addEventListener('abort', stop);
  connection.on('error', (error) => lose(notSent(error)));
  connection.on('end', () => lose(new NotSent('the mail server closed the connection', false)));
  try {
    if (signal.aborted) stop();
    const until = <T>(work: Promise<T>): Promise<T> => Promise.race([work, lost]);
    await until(new Promise<void>((resolve) => connection.connect(() => resolve())));
    const { login } = settings.server;
    if (login !== null) await until(loggedIn(connection, login));
    const message = await until(delivery.compose());
    if (message === null) return false;
    const { envelope, bytes } = await mimeOf(delivery, message);
    await until(given(connection, envelope, bytes));
    return true;
  } finally {
    for (const each of [late, signal]) each.removeEventListener('abort', stop);
    connection.on('error', () => {});
    connection.close();
  }
}

async function connectionTo(server: MailServer, limits: SmtpLimits): Promise<SMTPConnection> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  return new Connection({
    host: server.host,
    port: server.port,
    secure: server.isTls,
    requireTLS: server.needsTls,
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    socketTimeout: limits.silenceMs,
    socketCloseTimeout: 0,
  });
}

function loggedIn(
  connection: SMTPConnection,
  { user, password }: NonNullable<MailServer['login']>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.login({ credentials: { user, pass: password } }, (error) =>
      // Another password may be set, or the server be put right: the mail itself is not what it does not want.
      error ? reject(new NotSent(`the mail server refuses the login: ${error.message}`, false)) : resolve(),
    );
  });
}

interface Mime {
  readonly envelope: { readonly from: string; readonly to: string[] };
  readonly bytes: Buffer;
}

async function mimeOf({ settings, messageId, at }: Delivery, message: Message): Promise<Mime> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { from } = settings;
  const { to, subject, text, html } = message;
  const node = new MailComposer({
    from,
    to,
    subject,
    text,
    html,
    date: at,
    messageId: `<${messageId}@${from.address.split('@').at(-1)}>`,
    // Nobody's holiday is to answer.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const bytes = await node.build();
  const { from: sender, to: receivers } = node.getEnvelope();
  return { bytes, envelope: { from: sender || from.address, to: receivers } };
}

function given(connection: SMTPConnection, envelope: Mime['envelope'], bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.send(envelope, bytes, (error) => (error ? reject(notSent(error, true)) : resolve()));
  });
}

interface SmtpError extends Error {
  readonly responseCode?: number | undefined;
  readonly code?: string | undefined;
}

/** @param isOfMail whether a refusal is of this mail: a status of 500 and more is then for good */
function notSent(error: SmtpError, isOfMail = false): NotSent {
  const status = error.responseCode ?? 0;
  const isFinal = isOfMail && (status >= 500 || (status === 0 && error.code === 'EENVELOPE'));
  return new NotSent(`the mail server did not take it: ${error.message}`, isFinal);
}

function whyStopped({ aborted }: AbortSignal, { wholeMs }: SmtpLimits): string {
  return aborted ? 'this server is ending' : `the mail server did not take it within ${wholeMs / 1000} s`;
}
