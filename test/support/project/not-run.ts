/** Commands of the documents that are not run as they stand. This is the whole list: every other one is run by a test. */

export interface NotRun {
  readonly document: string;
  readonly heading: string;
  /** What the line begins with. */
  readonly line: string;
  /** What it needs. */
  readonly needs: string;
  /** What comes nearest to it: it runs the same command otherwise, or holds the files that are named by it. */
  readonly nearest: string;
}

type Line = readonly [document: string, heading: string, line: string];

const FLY: readonly Line[] = [
  ['README.md', 'Install', 'fly deploy'],
  ['docs/OPERATING.md', 'Upgrade', 'fly deploy'],
  ['docs/OPERATING.md', 'Add a region', 'fly volumes create'],
  ['docs/OPERATING.md', 'Add a region', 'fly scale count'],
  ['examples/fly/README.md', 'On Fly', 'fly '],
];

const SYSTEMD: readonly Line[] = [
  ['docs/OPERATING.md', 'Upgrade', 'npm run build && systemctl'],
  ['docs/INSTALL-WEB.md', 'Run by systemd', 'cp examples/systemd'],
  ['docs/INSTALL-WEB.md', 'Run by systemd', 'systemctl'],
  ['examples/systemd/README.md', 'The admin host', 'cp examples/systemd'],
  ['examples/systemd/README.md', 'The admin host', 'systemctl'],
];

/** Its own tests answer its questions on a terminal. */
const QUESTIONS: readonly Line[] = [
  ['README.md', 'Install', 'scripts/onboard'],
  ['docs/ONBOARD.md', 'A new admin host: `scripts/onboard`', 'scripts/onboard'],
  ['docs/DASHBOARD.md', 'Set up', 'scripts/onboard'],
];

/** Everything that is tested is built by it. */
const BUILD: readonly Line[] = [['README.md', 'Install', 'npm run build']];

const RELEASE: readonly Line[] = [['docs/OPERATING.md', 'Upgrade', 'git pull']];

const GITHUB: readonly Line[] = [['docs/ONBOARD.md', 'The dashboard', 'gh secret set']];

export const NOT_RUN: readonly NotRun[] = [
  ...listed(FLY, 'a Fly account', 'test/system/examples/fly.test.ts'),
  ...listed(SYSTEMD, 'systemd as the first process', 'test/system/examples/units.test.ts'),
  ...listed(QUESTIONS, 'somebody who answers', 'test/run/onboard/happy.test.ts'),
  ...listed(BUILD, 'the whole build', '.ci/run'),
  ...listed(RELEASE, 'a newer release', 'test/system/upgrade'),
  ...listed(GITHUB, 'a repository on GitHub', 'test/run/onboard/workflows.test.ts'),
];

function listed(lines: readonly Line[], needs: string, nearest: string): NotRun[] {
  return lines.map(([document, heading, line]) => ({ document, heading, line, needs, nearest }));
}
