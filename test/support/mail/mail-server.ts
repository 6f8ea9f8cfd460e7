import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect } from 'vitest';
import { type ReadMail, readMail } from './read-mail.ts';

/** A real mail server on a port of 127.0.0.1, which can be ended and started again there. */
export class MailServer {
  /** What it has taken, in the order of arrival. */
  readonly mails: ReadMail[] = [];
  /** Logins that it was offered. */
  readonly logins: string[] = [];
  readonly #options: SMTPServerOptions;
  #server: SMTPServer | null = null;
  #port = 0;

  constructor(options: SMTPServerOptions = {}) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** For `SMTP_URL`. */
  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<this> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: ({ username, password }, _, callback) => {
        this.logins.push(`${username}:${password}`);
        callback(null, { user: username });
      },
      onData: async (stream, session, callback) => {
        const raw = await buffer(stream);
        const { mailFrom, rcptTo } = session.envelope;
        const sender = mailFrom === false ? '' : mailFrom.address;
        this.mails.push(
          readMail(
            raw.toString(),
            sender,
            rcptTo.map(({ address }) => address),
          ),
        );
        callback();
      },
      ...this.#options,
    });
    // What a client does to it is the test's business.
    server.on('error', () => {});
    server.listen(this.#port, '127.0.0.1');
    await once(server.server, 'listening');
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server) await new Promise<void>((done) => server.close(done));
  }

  /** Resolves with all mails, once it has taken as many. */
  async has(count: number): Promise<readonly ReadMail[]> {
    await expect.poll(() => this.mails.length, { interval: 5 }).toBe(count);
    return this.mails;
  }
}
