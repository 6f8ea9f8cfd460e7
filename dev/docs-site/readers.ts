/** Every document of the repository, once, below whom it is for. The site's navigation is made from this list. */

export interface Reader {
  readonly name: string;
  /** What this reader does with the documents, as a sentence. */
  readonly wants: string;
  /** The path of each document from the root of the repository, and its short name. The first one is where to begin. */
  readonly documents: Readonly<Record<string, string>>;
}

/** The page that a visitor of the site sees first. */
export const HOME = 'README.md';

export const READERS: readonly Reader[] = [
  {
    name: 'Studio owners',
    wants: 'Ask for an event, change it, watch it come live.',
    documents: { 'docs/WEB.md': 'The pages for studios', 'docs/PASSWORDS.md': 'Passwords and mails' },
  },
  {
    name: 'Operators',
    wants: 'Install it, update every machine, find out what is wrong, take a step back.',
    documents: {
      'docs/FLEET.md': 'Updating all machines',
      'docs/OPERATING.md': 'Operating, by task',
      'docs/TROUBLESHOOTING.md': 'Troubleshooting, by symptom',
      'docs/SETTINGS.md': 'Settings',
      'docs/COMMANDS.md': 'Commands and options',
      'docs/ONBOARD.md': 'A new admin host',
      'docs/INSTALL-WEB.md': 'Installing the web part',
      'docs/WEB-FAULTS.md': 'Faults of the web part',
      'docs/UPGRADING.md': 'Upgrading',
      'docs/MONITORING.md': 'Monitoring',
      'docs/DATABASES.md': 'Tenant databases',
      'docs/READY.md': 'The hooks',
      'docs/REHEARSALS.md': 'Rehearsals',
      'docs/FLEET-REFERENCE.md': 'Updating, in detail',
      'examples/README.md': 'Examples to copy',
      'examples/fly/README.md': 'Example: Fly',
      'examples/kamal/README.md': 'Example: Kamal',
      'examples/systemd/README.md': 'Example: systemd',
    },
  },
  {
    name: 'Who runs the platform',
    wants: 'See what it replaces, what it costs, whom it guards against.',
    documents: {
      'docs/ADOPTING.md': 'Adopting it',
      'docs/COMPARISON.md': 'Beside other tools',
      'SECURITY.md': 'Security',
      'docs/BENCHMARKS.md': 'Benchmarks',
      'docs/SCALE.md': 'Scale',
      'CHANGELOG.md': 'Changelog',
    },
  },
  {
    name: 'Programs',
    wants: 'Read what a run says, ask for one, be told of it.',
    documents: {
      'docs/API.md': 'What programs read',
      'docs/WEBHOOKS.md': 'Webhooks',
      'docs/DASHBOARD.md': 'Logs streamed to a page',
      'docs/PAGES.md': 'The prerendered pages',
    },
  },
  {
    name: 'Engineers',
    wants: 'Read the code, change it, know why it is as it is.',
    documents: {
      'docs/START.md': 'Start here',
      'ARCHITECTURE.md': 'Architecture',
      'CONTRIBUTING.md': 'Contributing',
      'docs/DASHBOARD-TESTS.md': 'Tests of the dashboard',
      'cgi-bin/README.md': 'cgi-bin/',
      'scripts/README.md': 'scripts/',
    },
  },
];

/** Paths of all documents, the home first. */
export const DOCUMENTS: readonly string[] = [
  HOME,
  ...READERS.flatMap(({ documents }) => Object.keys(documents)),
];
