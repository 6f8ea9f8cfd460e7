import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../../support/machine/machine.ts';
import { MailServer } from '../../../support/mail/mail-server.ts';
import { linkIn, SITE } from '../../../support/web/reset-mail.ts';
import { WebProcess, withWebIndex } from '../../../support/web/web-process.ts';

const SECRET = 'secret-of-the-mail-server';

let machine: Machine;
let mail: MailServer;
let file: string;
let server: WebProcess | null = null;
beforeEach(async () => {
  machine = withWebIndex(new Machine());
  mail = await new MailServer().start();
  file = join(machine.home, 'smtp-url');
  writeFileSync(file, `${mail.url.replace('//', `//web:${SECRET}@`)}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await server?.stop('SIGKILL');
  server = null;
  await mail.stop();
  machine.remove();
});

function start(env: NodeJS.ProcessEnv): WebProcess {
  server = new WebProcess(machine, undefined, env);
  return server;
}

const SETTINGS = { MAIL_FROM: 'showcases@example.org', PUBLIC_URL_FLY: SITE };

async function ask(web: WebProcess, who: string): Promise<void> {
  const url = await web.url();
  const page = await (await fetch(`${url}/password/reset`)).text();
  const token = /name="form-token" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ who, 'form-token': token });
  expect((await fetch(`${url}/password/reset`, { method: 'POST', body, redirect: 'manual' })).status).toBe(
    303,
  );
}

describe('the built server', () => {
  it('sends a link by the mail server that a file names, and says the login to nobody else', async () => {
    const web = start({ ...SETTINGS, SMTP_URL_FILE: file });
    await ask(web, 'studio4');
    const [got] = await mail.has(1);
    expect(mail.logins).toEqual([`web:${SECRET}`]);
    const page = await fetch(`${await web.url()}${linkIn(got?.text ?? '')}`);
    expect(page.status).toBe(200);
    await mail.stop();
    await ask(web, 'studio5');
    await expect.poll(() => web.stderr).toContain('a mail (reset) was not sent');
    expect(await web.stop()).toBe(0);
    expect(web.stderr + web.stdout).not.toContain(SECRET);
  });

  it.each([
    ['without who sends the mails', { PUBLIC_URL_FLY: SITE }, 'MAIL_FROM'],
    ['without the address of its pages', { MAIL_FROM: 'a@example.org' }, 'WEB_URL'],
    ['with an address of its pages that is none', { ...SETTINGS, WEB_URL: 'nonsense' }, 'WEB_URL'],
  ])('%s does not begin', async (_, settings, named) => {
    const web = start({ ...settings, SMTP_URL_FILE: file });
    expect(await web.ended).toBe(1);
    expect(web.stderr).toContain('Failed (config-invalid)');
    expect(web.stderr).toContain(named);
    expect(web.stderr).not.toContain(SECRET);
  });

  it('does not begin with a file that others can read, nor without it', async () => {
    writeFileSync(join(machine.home, 'open'), mail.url, { mode: 0o644 });
    for (const name of ['open', 'nothing']) {
      const web = start({ ...SETTINGS, SMTP_URL_FILE: join(machine.home, name) });
      expect(await web.ended).toBe(1);
      expect(web.stderr).toContain('SMTP_URL_FILE');
    }
  });
});
