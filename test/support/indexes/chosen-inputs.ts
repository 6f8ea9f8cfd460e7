import { BAD_INPUTS, type BadInput } from './bad-inputs.ts';

/*
 * test/unit/index/bad-inputs.test.ts reads every input of the table, and generates from it. Here is
 * one for each way in which the executable takes it: by what SQLite or the reader says, and by what must not be passed on.
 */
export const INVALID = chosen('invalid', [
  'zero length',
  'cut short within the header',
  'text',
  'encrypted whole',
  'encrypted behind the header',
  'a page size of 3',
  'a schema format of the future',
  'zeroes on the page of users',
  'a schema table of noise',
  'a schema with unprintable names',
  'no table showcases',
  'no column password in users',
  'a view instead of users',
  'a virtual table instead of users',
  'a password that is computed',
  'a column that is computed at a cost, in a table that is not read',
  'statistics that are computed at a cost',
  'a tree of the schema that is none',
  'a schema of 2 MB',
  'more than 100,000 users',
  'a cell of 2 MB',
  'no users',
  'one user only, with no colon',
]);
/** An odd number, so that no kind of row is always told to the same caller. */
export const VALID = chosen('valid', [
  'a studio twice, with events of both',
  'a studio called index',
  'a key that is a blob',
  'a name over lines',
  'a name that is a terminal’s order',
  'an endless name',
  'a name of markup',
  'a locale that is a path',
  'a region that is not deployed',
  'two events for one database',
  'an event for the database of a single studio',
  'the year 0',
  'the date "Spring"',
  'a region without a code',
  'a studio with a longitude once around',
  'a region with two bad coordinates',
  'a user with the line of another',
  'a user with no colon',
  'a password that is a blob',
  'a user name with a colon',
  'with ids that are no numbers',
  'with text that is not UTF-8',
  'with a constraint that is never done',
]);

/** These inputs of the table, in this order. */
function chosen(expected: BadInput['expected'], names: readonly string[]): BadInput[] {
  return names.map((name) => {
    const input = BAD_INPUTS.find((each) => each.name === name && each.expected === expected);
    if (!input) throw new Error(`no ${expected} input is called ${JSON.stringify(name)}`);
    return input;
  });
}
