import { siteFrom } from '../../site/read-site.ts';
import { listenText, readListen, readWebVariables, webSettingOf } from '../../site/web-setting.ts';
import { hostOf, siteOf, type World } from '../machine/machine-context.ts';
import { readWebSettings } from '../web/web-settings.ts';
import { askAddress, describeReply } from './ask-address.ts';
import { targetsOf } from './ask-target.ts';
import {
  type Asker,
  type Finding,
  firstProblem,
  lineProblem,
  problemIn,
  type Row,
  required,
} from './asker.ts';
import { type Answers, withoutPart, withSettings } from './onboard-answers.ts';
import { type Part, settingRows } from './wizard-part.ts';

/** As docs/INSTALL-WEB.md has it for a server that systemd runs. */
const OWN_ADDRESS = 'http://127.0.0.1:9898/showcase';

/** The pages that people watch. */
export const WEB: Part = {
  name: 'web',
  title: 'The web part',
  flags: '--web or --no-web',
  isAnswered: (answers) => answers.declined.has('web') || answers.settings.has('SHOWCASE_WEB'),
  rows,
  ask,
  checking: 'Asking these addresses',
  check: (answers, world, signal) => check(answers, world, signal),
};

function rows(answers: Answers): Row[] {
  if (answers.declined.has('web')) return [['Web part', 'none']];
  return settingRows(answers, [
    ['Web part', 'SHOWCASE_WEB'],
    ['Seen at', 'WEB_URL'],
    ['Events on Fly', 'PUBLIC_URL_FLY'],
    ['Events on Kamal', 'PUBLIC_URL_KAMAL'],
  ]);
}

async function ask(answers: Answers, asker: Asker, world: World): Promise<Answers> {
  const { settings } = answers;
  const present = settings.get('SHOWCASE_WEB');
  const how = await asker.choose<'none' | 'on' | 'address'>({
    message: 'Is there a web part, with pages for studios and administrators?',
    choices: [
      { value: 'none', label: 'No' },
      { value: 'on', label: 'Yes, run by Navigator on this host' },
      { value: 'address', label: 'Yes, at an address', hint: 'run by systemd, or by another host' },
    ],
    preset: present === undefined ? 'none' : present === 'on' ? 'on' : 'address',
  });
  if (how === 'none') return withoutPart(answers, 'web');
  const address =
    how === 'on'
      ? 'on'
      : await asker.text({
          message: 'Where it answers (SHOWCASE_WEB)',
          present: present === undefined || present === 'on' ? OWN_ADDRESS : present,
          problem: firstProblem(required('An address'), lineProblem, webProblem),
        });
  const pages = await asker.text({
    message: 'Where its pages are seen (WEB_URL); may be empty',
    present: settings.get('WEB_URL') ?? '',
    example: 'https://smooth.fly.dev/showcase',
    problem: firstProblem(lineProblem, siteProblem('WEB_URL', world)),
  });
  let next = withSettings(answers, 'web', { SHOWCASE_WEB: address, WEB_URL: pages });
  for (const target of ['fly', 'kamal']) {
    const name = `PUBLIC_URL_${target.toUpperCase()}`;
    const isWanted = targetsOf(answers).includes(target);
    const likely =
      target === 'fly' ? `https://${settings.get('FLEET_FLY_APP') ?? 'smooth'}.fly.dev/showcase` : '';
    const url = isWanted
      ? await asker.text({
          message: `Where events of ${target} are seen (${name}); may be empty`,
          present: settings.get(name) ?? likely,
          example: 'https://showcase.party',
          problem: firstProblem(lineProblem, siteProblem(name, world)),
        })
      : '';
    next = withSettings(next, 'web', { [name]: url });
  }
  return next;
}

/** What is wrong with SHOWCASE_WEB on the host that owns the index. */
function webProblem(value: string): string | null {
  const web = readWebVariables({ SHOWCASE_WEB: value });
  return problemIn(() => webSettingOf({ web, deployment: 'local' }));
}

function siteProblem(name: string, world: World): (value: string) => string | null {
  const site = siteFrom({}, hostOf(world), null);
  return (value) => problemIn(() => readWebSettings({ [name]: value }, site, null));
}

async function check(answers: Answers, world: World, signal: AbortSignal): Promise<Finding> {
  if (answers.declined.has('web')) return { lines: [], warnings: [] };
  const site = await siteOf(world);
  const setting = webSettingOf(site);
  const { webUrl, publicUrls } = readWebSettings(world.env, site, null);
  const own =
    setting?.kind === 'elsewhere'
      ? setting.url
      : `http://${listenText(readListen(world.env))}${new URL(OWN_ADDRESS).pathname}`;
  const asked = new Map([[`${own}/up`, 'The web part']]);
  for (const [target, url] of publicUrls) asked.set(url, `Events of ${target}`);
  if (webUrl !== null && !asked.has(webUrl)) asked.set(webUrl, 'Its pages');
  const found = await Promise.all([...asked].map(([url, what]) => askFor(url, what, signal)));
  const isServedHere = setting?.kind === 'here';
  return {
    lines: found.flatMap((one) => (one.isThere ? [one.text] : [])),
    warnings: found.flatMap((one, at) =>
      one.isThere
        ? []
        : [isServedHere && at === 0 ? `${one.text}; Navigator starts it after the next update` : one.text],
    ),
  };
}

async function askFor(
  address: string,
  what: string,
  signal: AbortSignal,
): Promise<{ readonly isThere: boolean; readonly text: string }> {
  const reply = await askAddress('GET', new URL(address), { Accept: '*/*' }, signal);
  const isThere = reply.kind === 'answered' && (reply.status < 400 || reply.status === 401);
  return { isThere, text: `${what}: ${address}: ${describeReply(reply)}` };
}
