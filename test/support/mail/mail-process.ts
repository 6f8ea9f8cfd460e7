/**
 * Sends the mails of a directory until it is killed: `node mail-process.ts <home> <url of the mail server>`. Asks for one
 * for each userid on standard input, a line each, says `kept` when they are durable, and begins.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createMail } from '../../../src/mail/create-mail.ts';
import { readMailSettings } from '../../../src/mail/mail-settings.ts';
import { playedMail, QUICK } from './played-mail.ts';

const [home = '', url = ''] = process.argv.slice(2);
const settings = readMailSettings({ SMTP_URL: url, MAIL_FROM: 'showcases@example.org' });
const mail = createMail({ ...playedMail(), stateDir: join(home, 'state'), settings, limits: QUICK });
for (const userid of readFileSync(0, 'utf8').split('\n').filter(Boolean)) mail.askForPassword(userid);
writeSync(1, 'kept\n');
mail.start();
