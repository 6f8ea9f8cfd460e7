/**
 * `node write-and-die.ts DATABASE SQL`: runs the statements and is gone by SIGKILL, so that its write-ahead log, or its
 * rollback journal, stays behind as it was.
 */
import { openDatabase } from '../../../src/database/sqlite.ts';

const [, , path = '', sql = ''] = process.argv;
openDatabase(path).exec(sql);
process.kill(process.pid, 'SIGKILL');
