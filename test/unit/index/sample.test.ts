import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../../dev/sample/people.ts';
import {
  changeSample,
  makeSampleIndex,
  SAMPLE_ADMINISTRATOR,
  writeSampleIndex,
} from '../../../dev/sample/sample.ts';
import { parseHtpasswdLine } from '../../../src/index/htpasswd.ts';
import type { User } from '../../../src/index/index-model.ts';
import { verifyPassword } from '../../../src/index/password.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';

const image = makeSampleIndex();
const { index, warnings } = readValidIndex(image);
const studioYears = index.years.flatMap((year) => year.studios);

function hashOf(user: User | undefined): string {
  const parsed = parseHtpasswdLine(user?.htpasswdLine ?? '');
  return 'hash' in parsed ? parsed.hash : '';
}

describe('the sample index', () => {
  it('is read without a warning', () => {
    expect(warnings).toEqual([]);
  });

  it('has seven regions, 48 studios and 160 events over four years', () => {
    expect(index.regions).toHaveLength(7);
    expect(index.studios).toHaveLength(48);
    expect(index.years.map(({ year }) => year)).toEqual([2026, 2025, 2024, 2023]);
    expect(studioYears.flatMap(({ events }) => events)).toHaveLength(160);
  });

  it('has single events, lists of events, and single ones that count as a list', () => {
    expect(studioYears.filter(({ single }) => single).length).toBeGreaterThan(20);
    expect(studioYears.filter(({ events }) => events.length > 1).length).toBeGreaterThan(20);
    expect(studioYears.filter(({ single, events }) => !single && events.length === 1).length).toBeGreaterThan(
      5,
    );
    expect(
      studioYears.some(({ single, events }) => !single && events.some(({ key }) => key === 'showcase')),
    ).toBe(true);
    expect(studioYears.flatMap(({ events }) => events).some(({ date }) => date === null)).toBe(true);
  });

  it('has studios in every region, and one in none', () => {
    const regions = new Set(index.studios.map(({ region }) => region));
    expect(regions).toEqual(new Set([...index.regions.map(({ code }) => code), null]));
    expect(index.studios.filter(({ lat }) => lat === null)).toHaveLength(2);
    expect(index.regions.filter(({ lat }) => lat === null)).toHaveLength(1);
  });

  it('has own locales and logos, and default ones', () => {
    expect(index.studios.filter(({ locale }) => locale === null).length).toBeGreaterThan(5);
    expect(index.studios.find(({ key }) => key === 'milano')).toMatchObject({
      locale: 'it-IT',
      logo: 'milano.png',
    });
    expect(index.studios.find(({ key }) => key === 'boston')).toMatchObject({ locale: null, logo: null });
  });

  it('has users with every kind of hash, and without', async () => {
    const kinds = new Set(index.users.map((user) => hashOf(user)));
    for (const hash of Object.values(SAMPLE_HASHES)) expect(kinds).toContain(hash);
    expect(index.users.filter(({ htpasswdLine }) => htpasswdLine === null).length).toBeGreaterThan(2);
    expect(await verifyPassword(hashOf(index.users[1]), SAMPLE_PASSWORD)).toBe(true);
  });

  it('has an administrator whose password is known', async () => {
    const user = index.users.find(({ userid }) => userid === SAMPLE_ADMINISTRATOR.userid);
    expect(user?.sites).toEqual(['index']);
    expect(await verifyPassword(hashOf(user), SAMPLE_ADMINISTRATOR.password)).toBe(true);
  });

  it('is the same byte for byte every time, and different with another seed', () => {
    expect(makeSampleIndex().equals(image)).toBe(true);
    expect(makeSampleIndex({ seed: 2 }).equals(image)).toBe(false);
  });

  it('can be written to a file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'sample-'));
    writeSampleIndex(join(dir, 'index.sqlite3'));
    expect(readFileSync(join(dir, 'index.sqlite3')).equals(image)).toBe(true);
    rmSync(dir, { recursive: true });
  });

  it('loses a user and gets an event when it is changed', () => {
    const { index: changedImage, changes } = changeSample(image);
    const changed = readValidIndex(changedImage);
    expect(changes).toHaveLength(2);
    expect(changed.warnings).toEqual([]);
    expect(changed.index.users).toHaveLength(index.users.length - 1);
    const events = changed.index.years.flatMap((year) => year.studios.flatMap((studio) => studio.events));
    expect(events).toHaveLength(161);
    expect(events.map(({ key }) => key)).toContain('tea-dance');
  });
});

it.each([
  [1, 1],
  [100, 1000],
  [1000, 10_000],
])('a sample of %i studios and %i events is read whole, without a warning', (studios, events) => {
  const read = readValidIndex(makeSampleIndex({ studios, events }));
  expect(read.warnings).toEqual([]);
  expect(read.index.studios).toHaveLength(studios);
  expect(read.index.years.flatMap((year) => year.studios.flatMap((studio) => studio.events))).toHaveLength(
    events,
  );
});
