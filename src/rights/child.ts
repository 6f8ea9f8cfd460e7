import type { Account } from './account.ts';
import { rightsNow } from './rights.ts';

/** Whose a child process is to be. */
export type ChildUser =
  /** That of this process. */
  | { readonly kind: 'same' }
  /** The application's, for good: nothing of root is left to it. */
  | { readonly kind: 'account'; readonly account: Account }
  /** Nobody's: the application's programs would have root's rights. */
  | { readonly kind: 'none' };

/** Whose a program of the application is to be. */
export function childUser(): ChildUser {
  const rights = rightsNow();
  if (rights.kind === 'plain') return { kind: 'same' };
  const { account } = rights;
  if (account === null) return { kind: 'none' };
  return account.uid === 0 ? { kind: 'same' } : { kind: 'account', account };
}
