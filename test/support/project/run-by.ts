/**
 * Which test runs the blocks of a document, by their heading (`*` for all of them), as far as they are not in the list of
 * what is not run. Where tests differ, there is one for each block, in order.
 */
export const RUN_BY: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  'README.md': { 'Two commands': '.ci/run', Install: 'test/system/documents/operators.test.ts' },
  'SECURITY.md': { Secrets: 'test/system/documents/secrets.test.ts' },
  'docs/ADOPTING.md': { 'Step 1: a trial app': 'test/system/documents/operators.test.ts' },
  'docs/DASHBOARD.md': {
    'Set up': 'test/system/documents/dashboard.test.ts',
    'By hand': 'test/system/documents/dashboard.test.ts',
    'Several projects': 'test/system/documents/dashboard.test.ts',
    Undo: 'test/system/documents/dashboard.test.ts',
    'What was not sent': 'test/system/documents/dashboard.test.ts',
  },
  'docs/DATABASES.md': {
    'Downloads and preparation': 'test/system/documents/operators.test.ts',
    'Uploads and inventories': 'test/system/documents/operators.test.ts',
  },
  'docs/FLEET-REFERENCE.md': { 'A pushed index': 'test/system/documents/secrets.test.ts' },
  'docs/FLEET.md': {
    'Updating the fleet: `scripts/config-update`': 'test/system/documents/operators.test.ts',
    'Taking a publication back': 'test/system/documents/operators.test.ts',
    Verify: 'test/system/documents/operators.test.ts',
  },
  'docs/INSTALL-WEB.md': {
    'Run by systemd': 'test/system/documents/operators.test.ts',
    'By hand': 'test/system/documents/dashboard.test.ts',
  },
  'docs/MONITORING.md': {
    'The web server': 'test/system/documents/operators.test.ts',
    'A machine': 'test/system/documents/operators.test.ts',
    'The host that publishes': 'test/system/documents/operators.test.ts',
    'Without Prometheus': 'test/system/documents/operators.test.ts',
  },
  'docs/ONBOARD.md': {
    'Loading the settings': 'test/system/documents/secrets.test.ts',
    'Without a terminal': 'test/system/documents/operators.test.ts',
  },
  'docs/OPERATING.md': {
    'Update one machine': 'test/system/documents/operators.test.ts',
    Upgrade: 'test/system/documents/operators.test.ts',
    'Add a region': 'test/system/documents/operators.test.ts',
    'Replace a volume': 'test/system/examples/fly.test.ts',
    'Restore the index': 'test/system/examples/operating.test.ts',
    'Lose and rebuild the admin host': 'test/system/examples/operating.test.ts',
    'Two administrators': 'test/system/examples/operating.test.ts',
    'Rolling back': 'test/system/documents/operators.test.ts',
    'Taking a publication back': 'test/system/documents/operators.test.ts',
  },
  'docs/PASSWORDS.md': { Mails: 'test/system/documents/secrets.test.ts' },
  'docs/READY.md': { 'scripts/ready': 'test/system/documents/operators.test.ts' },
  'docs/REHEARSALS.md': {
    'A first rehearsal': 'test/system/documents/rehearsals.test.ts',
    'While it runs': 'test/system/documents/rehearsals.test.ts',
  },
  'docs/TROUBLESHOOTING.md': { '*': 'test/system/examples/troubleshooting.test.ts' },
  'docs/UPGRADING.md': {
    'Which release is where': 'test/system/documents/operators.test.ts',
    'What an older release cannot read': 'test/system/documents/operators.test.ts',
  },
  'docs/WEBHOOKS.md': {
    'In: asking for an update': [
      'test/system/documents/secrets.test.ts',
      'test/run/showcase-web/hooks/built-hooks.test.ts',
    ],
    'Out: messages about runs': 'test/system/documents/secrets.test.ts',
  },
  'examples/kamal/README.md': { 'Under Kamal': 'test/system/documents/secrets.test.ts' },
  'examples/systemd/README.md': { 'The admin host': 'test/system/documents/operators.test.ts' },
};
