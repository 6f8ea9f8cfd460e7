import { Failure } from '../failure.ts';

/** What is refused for a while: `Retry-After` says how long. */
export class TooManyRequests extends Failure {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    super('too-many-requests', message, { hint: `Try again in ${seconds} s.` });
    this.retryAfterMs = retryAfterMs;
  }
}

/** There is something at that address, but not for this method. */
export class MethodNotAllowed extends Failure {
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super('method-not-allowed', `${method} is not for this address`, {
      hint: `It takes ${allowed.join(', ')}.`,
    });
    this.allowed = allowed;
  }
}

export function notFound(what: string): Failure {
  return new Failure('not-found', `${what} does not exist`, {
    hint: 'Look at the address, or begin at the first page.',
  });
}

export function forbidden(message: string, hint: string): Failure {
  return new Failure('forbidden', message, { hint });
}
