import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { useMachine } from '../../support/machine/use-machine.ts';
import { FEW, READY } from '../../support/ready/ready.ts';

const here = useMachine();

it('the ready hook sends the owners of studios to the web part as soon as there is one, and no longer than that', async () => {
  const { machine } = here;
  await here.published.publish(FEW);
  await machine.post();
  const render = async (env: Record<string, string>) => {
    const ran = await machine.run(['--only', 'pages'], { executable: READY, env });
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
    return readFileSync(join(machine.appRoot, 'public/studios/boston/index.html'), 'utf8');
  };
  const plain = await render({});
  expect(plain).not.toContain('Studio owners');
  for (const SHOWCASE_WEB of ['on', 'https://admin.example/showcase']) {
    expect(await render({ SHOWCASE_WEB })).toContain(
      '<a class="button" href="/showcase/studios/boston/request">Studio owners: request an event</a>',
    );
  }
  expect(await render({})).toBe(plain);
});
