/** What is in the outbox, and what is sent. None of it holds a secret: a link with a token is made when it is sent. */

/** What somebody is to be told. Whom, is found out when it is looked at; then there is a letter for each. */
export type Errand =
  /** Somebody asked for a new password, by a userid or an address as it was typed. */
  | { readonly kind: 'asked'; readonly text: string }
  /** A run has failed, and is not tried again. */
  | { readonly kind: 'run-failed'; readonly run: string }
  /** A change was published, and its address does not answer with it. */
  | { readonly kind: 'unanswered'; readonly change: string };

/** A mail to one person. */
export type Letter =
  /** A link for a new password. `by`: the administrator who sends it; null for who asked. */
  | { readonly kind: 'reset'; readonly user: number; readonly by: string | null }
  /** The event that somebody asked for is live. */
  | { readonly kind: 'live'; readonly change: string }
  /** To an administrator, of an errand. */
  | { readonly kind: 'failure'; readonly of: Exclude<Errand, { kind: 'asked' }>; readonly to: string };

export type About = Errand | Letter;

/** A mail as it is sent. */
export interface Message {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail that nobody got. */
export interface Undelivered {
  readonly id: number;
  readonly kind: Letter['kind'];
  /** Userid or address of who should have got it. */
  readonly to: string;
  /** ISO 8601, UTC: since when it waited. */
  readonly since: string;
  /** Why, in words. */
  readonly problem: string;
}

/** For the administrators' first page. */
export interface MailState {
  /** Whether there is a mail server. */
  readonly isOn: boolean;
  /** Mails that wait to be sent, or to be sent again. */
  readonly waiting: number;
  /** Why the last attempt went wrong; null if it went well. */
  readonly problem: string | null;
  /** Given up, newest first. */
  readonly undelivered: readonly Undelivered[];
}
