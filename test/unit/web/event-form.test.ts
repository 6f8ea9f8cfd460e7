import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { GALA, type RequestRig, startRequests } from '../../support/web/request-rig.ts';

const rig: RequestRig = await startRequests();
const form = `/studios/${rig.studios.owned}/request`;

function rowsNamed(name: string): unknown[] {
  const db = openDatabase(rig.indexPath);
  try {
    const sql = `SELECT s.year, s.key, s.date, l.key AS studio FROM showcases s JOIN locations l ON l.id = s.location_id WHERE s.name = ?`;
    return db.prepare(sql).all(name);
  } finally {
    db.close();
  }
}

/** Gives the studio an event whose address depends on being the only one of its year. */
function addSoleEvent(year: number): void {
  const db = openDatabase(rig.indexPath);
  db.prepare(
    `INSERT INTO showcases (year, key, name, location_id, "order", date, created_at, updated_at)
     SELECT ?, 'showcase', 'Only One', id, 9999, ?, '2026-01-01', '2026-01-01' FROM locations WHERE key = ?`,
  ).run(year, `${year}-05-01`, rig.studios.owned);
  db.close();
}

describe('the form of a request', () => {
  it('asks for a name and two days, and for nothing that the server can make itself', async () => {
    const page = await (await rig.ask(form, 'owner')).text();
    const names = [...page.matchAll(/<(?:input|select|textarea)[^>]* name="([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(['form-token', 'name', 'firstDay', 'lastDay']);
  });

  it('has its button inside, needs no script, and sends itself to where the page was seen', async () => {
    const page = await (await rig.ask(form, 'owner')).text();
    const inside = /<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(page);
    expect(inside?.[1]).toBe(`../../studios/${rig.studios.owned}/request`);
    expect(inside?.[2]).toContain('<button class="main">Request the event</button>');
    expect(page).not.toContain('form="');
  });

  it('shows no bar before something is under way', async () => {
    expect(await (await rig.ask(form, 'owner')).text()).not.toContain('<progress');
  });

  it('lists the events that the studio has, each linked to the public site', async () => {
    const page = await (await rig.ask(form, 'owner')).text();
    const years = await rig.context.index.eventsOfStudio(rig.studios.owned);
    expect(years.length).toBeGreaterThan(0);
    for (const { events } of years)
      for (const { path } of events) expect(page).toContain(`href="${rig.site.url}/${path}/"`);
  });

  it('is filled from an earlier event, 52 weeks later', async () => {
    const [newest] = (await rig.context.index.eventsOfStudio(rig.studios.owned)).flatMap(
      ({ events }) => events,
    );
    const page = await (await rig.ask(`${form}?like=${newest?.id}`, 'owner')).text();
    expect(page).toContain(`value="${newest?.name}"`);
    expect(page).toMatch(/name="firstDay" type="date" value="\d{4}-\d\d-\d\d"/);
    expect(page).toContain('Filled in from');
  });

  it('is not filled from an event of another studio', async () => {
    const [{ events: [foreign] = [] } = {}] = await rig.context.index.eventsOfStudio(rig.studios.other);
    const page = await (await rig.ask(`${form}?like=${foreign?.id}`, 'owner')).text();
    expect(page).toContain('name="name" type="text" value=""');
  });

  it('comes back by 422 with everything that was typed, each field named, and the summary to be focused', async () => {
    const typed = { name: 'Winter <b>Ball</b> & "Co"', firstDay: '2027-02-30', lastDay: '2027-01-01' };
    const answer = await rig.post(form, typed, 'owner');
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toContain('value="Winter &lt;b&gt;Ball&lt;/b&gt; &amp; &quot;Co&quot;"');
    expect(page).toContain('value="2027-02-30"');
    expect(page).toContain('value="2027-01-01"');
    expect(page).toContain('<a href="#field-firstDay">');
    expect(page).toContain('aria-invalid="true"');
    expect(page).toContain('data-focus');
    expect(rowsNamed(typed.name)).toEqual([]);
  });

  it('says all that is missing at once', async () => {
    const page = await (await rig.post(form, {}, 'owner')).text();
    expect(page).toContain('href="#field-name"');
    expect(page).toContain('href="#field-firstDay"');
  });

  it('is for an administrator, too, who may leave the machines alone', async () => {
    expect(await (await rig.ask(form, 'owner')).text()).not.toContain('name="later"');
    expect(await (await rig.ask(form, 'administrator')).text()).toContain('name="later"');
    const fields = { ...GALA, name: 'Later On', firstDay: '2028-01-01', lastDay: '', later: '1' };
    expect(rig.change(await rig.request(fields, 'administrator')).state).toBe('pending');
  });

  it('does not let an owner leave the machines alone', async () => {
    const fields = { ...GALA, name: 'Not Later', firstDay: '2028-02-01', lastDay: '', later: '1' };
    expect(rig.change(await rig.request(fields)).state).not.toBe('pending');
  });
});

describe('a request', () => {
  it('writes one row for the studio of the address, whatever else was sent', async () => {
    await rig.request({ ...GALA, location_id: '3', studio: rig.studios.other, key: 'x', year: '1999' });
    expect(rowsNamed(GALA.name)).toEqual([
      { year: 2027, key: 'spring-gala', date: '2027-03-05 - 2027-03-07', studio: rig.studios.owned },
    ]);
  });

  it('whose name the studio has already is refused at the field, and shows the request that made it', async () => {
    const answer = await rig.post(form, { ...GALA, firstDay: '2027-06-01', lastDay: '' }, 'owner');
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toMatch(/<a href="#field-name">[^<]*of that name in 2027 already/);
    expect(page).toMatch(/<a href="\.\.\/\.\.\/requests\/[^"]+">Spring Gala<\/a>/);
  });

  it('sent twice at once makes one event, and says so to the other', async () => {
    const fields = { name: 'Twice', firstDay: '2027-08-01', lastDay: '' };
    const answers = await Promise.all([rig.post(form, fields, 'owner'), rig.post(form, fields, 'owner')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
    expect(rowsNamed('Twice')).toHaveLength(1);
  });

  it('leads to its own page by a relative address, so that any proxy may stand before it', async () => {
    const answer = await rig.post(form, { name: 'Relative', firstDay: '2027-09-01', lastDay: '' }, 'owner', {
      'X-Forwarded-Host': 'evil.example, smooth.example',
      'X-Forwarded-Proto': 'https, http',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\.\.\/\.\.\/requests\/[\w-]+\?go=1$/);
  });

  it('that would move an event says so first, and keeps what was typed', async () => {
    addSoleEvent(2029);
    const typed = { name: 'Second "One"', firstDay: '2029-10-01', lastDay: '2029-10-02' };
    const answer = await rig.post(form, typed, 'owner');
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('moves from');
    expect(page).toContain('name="name" value="Second &quot;One&quot;"');
    expect(rowsNamed(typed.name)).toEqual([]);

    const back = await (await rig.post(form, { ...typed, change: '1' }, 'owner')).text();
    expect(back).toContain('value="Second &quot;One&quot;"');
    expect(back).toContain('value="2029-10-02"');

    const confirmed = /name="confirmed" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const other = await rig.post(form, { ...typed, firstDay: '2029-10-02', confirmed }, 'owner');
    expect(await other.text()).toContain('moves from'); // what was confirmed was something else
    expect((await rig.post(form, { ...typed, confirmed }, 'owner')).status).toBe(303);
    expect(rowsNamed(typed.name)).toHaveLength(1);
  });

  it('may have a name without Latin letters', async () => {
    const id = await rig.request({ name: '春のダンス', firstDay: '2027-11-05', lastDay: '' });
    expect(rig.change(id).after).toMatchObject({
      name: '春のダンス',
      key: expect.stringMatching(/^[a-z0-9-]+$/),
    });
  });

  it('by a program is JSON, and answered by JSON', async () => {
    const send = (body: object) =>
      rig.ask(form, 'owner', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      });
    const answer = await send({ name: 'By Program', firstDay: '2027-12-01' });
    expect(answer.status).toBe(201);
    const { change } = (await answer.json()) as { change: string };
    expect(rig.change(change).after).toMatchObject({ name: 'By Program' });
    const refused = await send({ name: 'By Program', firstDay: '2027-12-02' });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ problems: [{ field: 'name' }] });
  });

  it('for a studio that is not there is not found', async () => {
    expect((await rig.ask('/studios/no-such-studio/request', 'administrator')).status).toBe(404);
    expect((await rig.post('/studios/no-such-studio/request', GALA, 'administrator')).status).toBe(404);
  });
});
