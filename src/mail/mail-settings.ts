import { Failure } from '../failure.ts';
import { quoted } from '../text.ts';
import { isMailAddress, type Mailbox, readMailbox } from './mail-address.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else by STARTTLS. */
  readonly isTls: boolean;
  /** Nothing is said without TLS; a server on this machine may do without. */
  readonly needsTls: boolean;
  /** Null for a server that wants no login. */
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface MailSettings {
  readonly server: MailServer;
  readonly from: Mailbox;
  /** Addresses that hear of failures; null for those of all administrators. */
  readonly administrators: readonly string[] | null;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;
const EXAMPLE = 'smtps://user:password@smtp.example.com, or smtp://... for STARTTLS';

/**
 * Null without `SMTP_URL`: no mail is sent.
 *
 * @throws {Failure} `config-invalid`, naming the variable, and never quoting the password
 */
export function readMailSettings(env: NodeJS.ProcessEnv): MailSettings | null {
  const url = env['SMTP_URL'];
  if (!url) return null;
  return {
    server: readServer(url),
    from: readFrom(env['MAIL_FROM'] ?? ''),
    administrators: readAdministrators(env['MAIL_ADMIN'] ?? ''),
  };
}

function readServer(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isTls = url?.protocol === 'smtps:';
  const isMailUrl = url && (isTls || url.protocol === 'smtp:') && url.hostname !== '';
  if (!isMailUrl || url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    throw new Failure('config-invalid', 'SMTP_URL is not the address of a mail server', {
      hint: `Set SMTP_URL to ${EXAMPLE}. Letters such as @ and / in the password are written %40 and %2F.`,
    });
  }
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    isTls,
    needsTls: isTls || !LOOPBACK.test(url.hostname),
    login: url.username === '' ? null : { user: plain(url.username), password: plain(url.password) },
  };
}

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Failure('config-invalid', 'SMTP_URL has a % in its login that begins no character', {
      hint: 'Write % as %25 there.',
    });
  }
}

function readFrom(text: string): Mailbox {
  const from = readMailbox(text);
  if (from) return from;
  const what = text === '' ? 'SMTP_URL is set, and MAIL_FROM is not' : `MAIL_FROM is ${quoted(text)}`;
  throw new Failure('config-invalid', what, {
    hint: 'Set MAIL_FROM to who sends the mails, such as Showcases <showcases@example.com>.',
  });
}

function readAdministrators(text: string): string[] | null {
  const addresses = text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  const wrong = addresses.find((address) => !isMailAddress(address));
  if (wrong === undefined) return addresses.length === 0 ? null : [...new Set(addresses)];
  throw new Failure('config-invalid', `MAIL_ADMIN holds ${quoted(wrong)}, which is not a mail address`, {
    hint: 'Set MAIL_ADMIN to addresses with commas between them; unset it for those of all administrators.',
  });
}
