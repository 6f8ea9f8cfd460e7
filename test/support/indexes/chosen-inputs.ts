import { BAD_INPUTS, type BadInput } from './bad-inputs.ts';

/*
 * test/unit/index/bad-inputs.test.ts reads every input of the table, and generates from it. Here is
 * one for each way in which the executable takes it: by what SQLite or the reader says, and by what must not be passed on.
 */
export const INVALID = chosen('invalid', [
  'zero length',
  'cut short within the header',
  'encrypted whole',
  'a page size of 3',
  'zeroes on the page of users',
  'a schema with unprintable names',
  'no table showcases',
  'a view instead of users',
  'a password that is computed',
  'statistics that are computed at a cost',
  'a schema of 2 MB',
  'more than 100,000 users',
  'a cell of 2 MB',
  'no users',
]);
/** Told to the callers in turn. */
export const VALID = chosen('valid', [
  'a studio twice, with events of both',
  'a key that is a blob',
  'a name over lines',
  'a name that is a terminal’s order',
  'an endless name',
  'a name of markup',
  'a locale that is a path',
  'two events for one database',
  'the date "Spring"',
  'a studio with a longitude once around',
  'a user with the line of another',
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
