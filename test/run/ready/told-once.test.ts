import { expect, it } from 'vitest';
import { READY } from '../../support/ready/ready.ts';
import { eventIndex, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

it('a wrong secret is reported once, with the number of events that it concerns', async () => {
  const store = await EventStore.start();
  const studios = Array.from({ length: 76 }, (_, at) => `studio-${at}`);
  const env = { ...store.env, AWS_SECRET_ACCESS_KEY: 'another-secret-than-that', APP_USER: 'root' };
  const iad = new Region('iad', env, eventIndex({ iad: studios }));
  try {
    const { exitCode, stdout } = await iad.run(['--only', 'tenants'], { executable: READY });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('without a database here: 78 events (2026-boston, ');
    expect(stdout).toContain('Check AWS_SECRET_ACCESS_KEY');
    expect(stdout.split('SignatureDoesNotMatch')).toHaveLength(3);
    expect(stdout.trim().split('\n').length).toBeLessThan(15);
  } finally {
    iad.remove();
    await store.close();
  }
});
