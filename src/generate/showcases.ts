import type { Event, Index, StudioYear } from '../index/types.ts';
import { emitYaml, type YamlMapping, type YamlValue } from './yaml.ts';

const NAME = Symbol('name');
const REGION = Symbol('region');
const LOCALE = Symbol('locale');
const LOGO = Symbol('logo');
const DATE = Symbol('date');
const EVENTS = Symbol('events');

/** showcases.yml, for the Rails application: years are integers and field names Ruby symbols. */
export function showcasesText(index: Index): string {
  const years = new Map<number, YamlValue>();
  for (const { year, studios } of index.years) {
    years.set(year, new Map(studios.map((entry) => [entry.studio.key, () => describeStudio(entry)])));
  }
  return emitYaml(years);
}

function describeStudio({ studio, single, events }: StudioYear): YamlMapping {
  const fields = new Map<symbol, YamlValue>([
    [NAME, studio.name],
    [REGION, studio.region],
  ]);
  if (studio.locale !== null) fields.set(LOCALE, studio.locale);
  if (studio.logo !== null) fields.set(LOGO, studio.logo);
  if (!single) {
    fields.set(EVENTS, new Map(events.map((event) => [event.key, describeEvent(event)])));
    return fields;
  }
  const date = events[0]?.date ?? null;
  if (date !== null) fields.set(DATE, date);
  return fields;
}

function describeEvent({ name, date }: Event): YamlMapping {
  const fields = new Map<symbol, YamlValue>([[NAME, name]]);
  if (date !== null) fields.set(DATE, date);
  return fields;
}
