/** The directory that node_exporter reads, on a machine on which the application has an account of its own. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMetrics } from '../../support/machine/metrics.ts';
import { asApplication } from '../../support/rights/attackers.ts';
import { APPLICATION, SharedMachine } from '../../support/rights/shared-machine.ts';
import { Vault } from '../../support/rights/vault.ts';

const FILE = 'showcase-machine.prom';

let machine: SharedMachine;
let vault: Vault;

beforeEach(async () => {
  machine = await SharedMachine.open();
  vault = new Vault(machine);
});
afterEach(() => machine.close());

const post = (directory: string) => machine.post('', { env: { METRICS_DIR: directory } });
const ownerOf = (path: string) => statSync(path).uid;

it('in a directory of root’s metrics are written by root', async () => {
  const directory = machine.make('textfile');
  expect((await post(directory)).body).not.toContain('no metrics');
  const path = join(directory, FILE);
  expect([ownerOf(path), statSync(path).mode & 0o777]).toEqual([0, 0o644]);
  const { value } = readMetrics(readFileSync(path, 'utf8'));
  expect(value('showcase_machine_last_run_outcome', { outcome: 'updated' })).toBe(1);
});

it('in a directory of the application’s metrics are written by its account', async () => {
  const directory = machine.make('data/textfile', APPLICATION);
  await post(directory);
  expect(ownerOf(join(directory, FILE))).toBe(APPLICATION);
});

it.each(['file', 'directory'])(
  'a link of the application’s in the place of the %s leads root nowhere',
  async (what) => {
    const directory = machine.make('data/textfile', APPLICATION);
    const secret = machine.make('secret');
    const path = what === 'file' ? join(directory, FILE) : directory;
    const target = what === 'file' ? join(secret, 'target') : secret;
    asApplication(`rm -rf '${path}'; ln -s '${target}' '${path}'`);
    const { status, body } = await post(directory);
    expect(status).toBe(200);
    expect(readdirSync(secret)).toEqual([]);
    if (what === 'directory') expect(body).toContain('no metrics were written');
    else expect(lstatSync(path).isFile()).toBe(true);
    expect(vault.changes()).toEqual([]);
  },
);

it('in a directory of somebody else’s nothing is written, and the update is done', async () => {
  const directory = machine.make('textfile', APPLICATION + 1);
  const { status, body } = await post(directory);
  expect([status, readdirSync(directory)]).toEqual([200, []]);
  expect(body).toContain('no metrics were written');
});
