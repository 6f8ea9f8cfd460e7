import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { StoreSettings } from '../../../src/store/object-store.ts';
import { plainClient } from './plain-client.ts';

export interface Radosgw {
  /** How to reach it, and its empty bucket. */
  readonly settings: StoreSettings;
  close(): Promise<void>;
}

const run = promisify(execFile);
const START_MS = 120_000;
/** Who takes part, and what it may do with which service of Ceph's. */
const ENTITIES = {
  'mon.': { mon: 'allow *' },
  'client.admin': { mon: 'allow *', osd: 'allow *' },
  'osd.0': { mon: 'allow profile osd', osd: 'allow *' },
  'client.rgw.a': { mon: 'allow rw', osd: 'allow rwx' },
};

/**
 * Ceph's S3 server with the monitor and the one disk that it needs (Debian's `ceph-mon ceph-osd radosgw`), on
 * 127.0.0.1 and in a temporary directory of its own, which goes when it is closed. Takes some 15 seconds to start.
 */
export async function startRadosgw(): Promise<Radosgw> {
  const dir = mkdtempSync(join(tmpdir(), 'radosgw-'));
  for (const name of ['run', 'log', 'mon', 'osd']) mkdirSync(join(dir, name));
  const children: ChildProcess[] = [];
  const kill = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const close = async () => {
    // radosgw first: it waits for the others as long as they are gone.
    for (const child of children.toReversed()) await end(child);
    process.removeListener('exit', kill);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const settings = await startDaemons(dir, children);
    // With any other region the SDK names it as the place for the bucket, and Ceph knows none.
    const creator = plainClient({ ...settings, region: 'us-east-1' });
    await creator.send(new CreateBucketCommand({ Bucket: settings.bucket }));
    return { settings, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDaemons(dir: string, children: ChildProcess[]): Promise<StoreSettings> {
  const [monPort, httpPort] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  const osd = randomUUID();
  const keys = { accessKeyId: 'test-key', secretAccessKey: `secret/+${randomUUID()}` };
  const conf = join(dir, 'ceph.conf');
  const map = join(dir, 'monmap');
  const keyring = join(dir, 'keyring');
  writeFileSync(conf, configuration(dir, fsid, monPort, httpPort));
  const user = process.getuid?.() === 0 ? ['--setuser', 'root', '--setgroup', 'root'] : [];
  const tool = (command: string, ...args: string[]) =>
    run(command, ['-c', conf, ...args], { timeout: START_MS, killSignal: 'SIGKILL' });
  const daemon = (command: string, ...args: string[]) => {
    const log = openSync(join(dir, 'log', `${command}.out`), 'w');
    const child = spawn(command, ['-c', conf, ...args, ...user, '-f'], { stdio: ['ignore', log, log] });
    closeSync(log);
    children.push(child);
    return child;
  };

  await tool('monmaptool', '--create', '--addv', 'a', `[v1:127.0.0.1:${monPort}]`, '--fsid', fsid, map);
  writeFileSync(keyring, '');
  for (const [entity, capabilities] of Object.entries(ENTITIES)) {
    const grants = Object.entries(capabilities).flatMap(([service, grant]) => ['--cap', service, grant]);
    await tool('ceph-authtool', keyring, '--gen-key', '-n', entity, ...grants);
  }
  await tool('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring, ...user);
  daemon('ceph-mon', '-i', 'a');
  await tool('ceph', '--connect-timeout', '60', '-s');
  await tool('ceph', 'osd', 'new', osd, '0');
  await tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd, ...user);
  daemon('ceph-osd', '-i', '0');
  await until('the disk is up', async () => / 1 up/.test((await tool('ceph', 'osd', 'stat')).stdout));
  const gateway = daemon('radosgw', '-n', 'client.rgw.a');
  const endpoint = `http://127.0.0.1:${httpPort}`;
  await until(`radosgw answers (${join(dir, 'log')})`, async () => {
    if (gateway.exitCode !== null) throw new Error(readFileSync(join(dir, 'log', 'radosgw.out'), 'utf8'));
    return fetch(endpoint).then(
      (response) => response.arrayBuffer().then(() => true),
      () => false,
    );
  });
  const secrets = [`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`];
  await tool('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...secrets);
  return { ...keys, endpoint, region: 'auto', bucket: 'showcase', timeoutMs: 30_000 };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${START_MS / 1000} s: ${what}`);
    // Nothing announces it: Ceph's daemons stay in the foreground, silent.
    await sleep(200);
  }
}

/** By its process id; by force when it does not listen. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(force);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/**
 * One monitor, one disk in a file, pools of one copy, caches kept small. They authenticate each other, as they do where
 * Ceph is in use: without that a client can be let in before it is told the cluster's id, and then its first command is
 * refused as one for another cluster ("wrong fsid", EPERM), which ends the disk's daemon in one start of ten.
 */
function configuration(dir: string, fsid: string, monPort: number, httpPort: number): string {
  return `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${monPort}
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${dir}/keyring
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon allow pool delete = true
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
log file = ${dir}/log/$name.log
mon data = ${dir}/mon
osd data = ${dir}/osd
osd objectstore = bluestore
bluestore block size = 4294967296
bluestore fsck on mount = false
osd memory target = 939524096
bluestore cache autotune = false
bluestore cache size = 134217728
mon data avail crit = 1
mon data avail warn = 1
crush location = root=default host=localhost
[client.rgw.a]
rgw data = ${dir}
rgw frontends = beast endpoint=127.0.0.1:${httpPort}
rgw enable usage log = false
`;
}
