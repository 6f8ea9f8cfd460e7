import { expect, it } from 'vitest';
import { buildIndex, SOUND } from '../../support/indexes/indexes.ts';
import { basic } from '../../support/machine/machine.ts';
import { FLY_MACHINE, LATER, useMachine } from '../../support/machine/use-machine.ts';

/** All of `secret`. */
const HASHES = {
  'bcrypt 15': '$2b$15$abcdefghijklmnopqrstuuB1A/ENTI1pzO2sjUa3mRvMw8Yfwf38.',
  '200,001 rounds':
    '$6$rounds=200001$saltsalt$D7Qq4dfADTvs/5Y6lVokZdlN4zfgy5eKR6yBPdEyNY89tB1q65IaShG7L4SJsmudzemlDeZVTNCAsSKSxPDWC.',
  '200,000 rounds':
    '$6$rounds=200000$saltsalt$KIxokzdpd7LKAYpcFF2gzdBmn/H5QW5uzrQTMGe5wOOY04iJwz7bq6VsrGlmj40xZRvV///sdvBQWCaURFvL61',
};

const here = useMachine(FLY_MACHINE);

it.each([
  ['bcrypt 15', 401],
  ['200,001 rounds', 401],
  ['200,000 rounds', 200],
] as const)(
  'an administrator with a hash of %s is answered %i here, and keeps his htpasswd line',
  async (kind, status) => {
    const line = `dear:${HASHES[kind]}`;
    const users = [...SOUND.users, { id: 2, userid: 'dear', password: line, sites: 'index' }];
    await here.published.publish(buildIndex({ users }), LATER);
    expect((await here.machine.post()).result.outcome).toBe('updated');
    expect(here.machine.read('htpasswd').split('\n')).toContain(line);
    const env = { HTTP_AUTHORIZATION: basic('dear', 'secret') };
    expect((await here.machine.post('dry_run=1', { env })).status).toBe(status);
  },
);
