import type { User } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';

/** The htpasswd file: the lines of all who may log in, sorted by bytes, LF between them and none after the last. */
export function htpasswdText(users: readonly User[]): string {
  const lines: string[] = [];
  for (const { htpasswdLine } of users) if (htpasswdLine !== null) lines.push(htpasswdLine);
  return lines.sort(compareBytes).join('\n');
}
