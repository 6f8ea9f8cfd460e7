import { parseHtpasswdLine } from '../index/htpasswd.ts';
import type { Index } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import type { Rule } from './rule.ts';

/** Messages have line numbers, never lines: a line has a hash. */
export const htpasswdRules: readonly Rule<{ readonly content: string }>[] = [
  {
    // An empty file locks everybody out.
    name: 'htpasswd-lines',
    *check({ content }) {
      if (content === '') yield 'it is empty: nobody could log in';
      if (content.includes('\r')) yield 'it has a carriage return';
      // Navigator takes an empty hash, and one of a kind that it does not know, for a password.
      for (const [number, line] of linesOf(content).entries()) {
        const parsed = parseHtpasswdLine(line);
        if ('reason' in parsed) yield `line ${number + 1} ${parsed.reason}`;
      }
    },
  },
  {
    name: 'htpasswd-users',
    *check({ content }) {
      const seen = new Map<string, number>();
      for (const [number, line] of linesOf(content).entries()) {
        const user = line.slice(0, line.indexOf(':'));
        const first = seen.get(user);
        if (first !== undefined) yield `line ${number + 1} is for the same user as line ${first}`;
        else seen.set(user, number + 1);
      }
    },
  },
];

/** Exactly the users who may log in by the index. */
export const htpasswdIndexRule: Rule<{ readonly content: string; readonly index: Index }> = {
  name: 'htpasswd-index',
  *check({ content, index }) {
    const expected: string[] = [];
    for (const { htpasswdLine } of index.users) if (htpasswdLine !== null) expected.push(htpasswdLine);
    expected.sort(compareBytes);
    const found = linesOf(content);
    if (found.length !== expected.length) {
      yield `${found.length} lines for the ${expected.length} users of the index who can log in`;
    }
    const wrong = found.findIndex((line, number) => line !== expected[number]);
    if (wrong >= 0) yield `line ${wrong + 1} is not the one that the index has there`;
  },
};

function linesOf(content: string): string[] {
  return content === '' ? [] : content.replace(/\n$/, '').split('\n');
}
