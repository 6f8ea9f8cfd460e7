import { afterEach, describe, expect, it } from 'vitest';
import { fixed, INDEX, machine, run, settings } from '../../support/fleet/fleet.ts';
import { answer, type Behaviour, type Machines, startMachines } from '../../support/fleet/machines.ts';

let machines: Machines;
afterEach(() => machines.close());

async function start(behave: Behaviour) {
  machines = await startMachines(behave);
  return settings(machines.url);
}

describe('a run over the fleet', () => {
  it('posts once to every active machine, without a body, and reports each in the order of the list', async () => {
    const config = await start(({ machine }) => answer(machine));
    const target = fixed(config, 'd1', 'd2', machine('d3', 'suspended'), 'd4');
    const { report, events } = await run({ target, settings: config });
    expect(report).toMatchObject({
      outcome: 'done',
      by: 'anna@admin',
      publish: { kind: 'published' },
      index: INDEX,
      machines: ['d1', 'd2', 'd4'].map((id) => ({ machine: { id }, outcome: 'updated', attempts: 1 })),
      skipped: [{ id: 'd3', state: 'suspended' }],
    });
    expect(machines.arrived.map(({ machine }) => machine).sort()).toEqual(['d1', 'd2', 'd4']);
    for (const { request, url } of machines.arrived) {
      expect(request.method).toBe('POST');
      expect(url).toBe('/showcase/update_config');
      expect(request.headers).toMatchObject({
        'content-length': '0',
        accept: 'text/plain',
        'user-agent': 'showcase-config-update',
      });
      expect(request.headers.authorization).toBe(undefined);
    }
    expect(events[0]).toMatchObject({ type: 'run-began', kind: 'fleet', target: 'fly', operation: 'update' });
    const steps = events.flatMap((event) =>
      event.type === 'step' || event.type === 'step-done'
        ? [`${event.type} ${event.name} ${event.number}/${event.of}`]
        : [],
    );
    expect(steps).toEqual([
      'step publish 1/3',
      'step-done publish 1/3',
      'step find 2/3',
      'step-done find 2/3',
      'step update 3/3',
      'step-done update 3/3',
    ]);
    expect(events.at(-1)).toEqual({ type: 'run-ended', kind: 'fleet', result: report });
  });
});
