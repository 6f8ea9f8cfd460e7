import { hash } from 'node:crypto';

/** By which the outbox knows what is for the same address, which may hold a secret. */
export function digestOf(url: URL): string {
  return hash('sha256', url.href);
}
