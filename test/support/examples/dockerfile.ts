/** One instruction of a Dockerfile; `words` is what follows its name, and its options. */
export interface Instruction {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What is built from one base. */
export interface Stage {
  readonly base: string;
  /** Empty for the last one. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

const KNOWN = ['ARG', 'FROM', 'USER', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'EXPOSE', 'CMD'];

/**
 * Reads a Dockerfile, as far as the examples use the language.
 *
 * @returns its stages, and the defaults of arguments before the first
 * @throws where a line is anything else
 */
export function readDockerfile(text: string): { args: Record<string, string>; stages: Stage[] } {
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  const args: Record<string, string> = {};
  for (const line of text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`not an instruction: ${line}`);
    const [, before = '', after = ''] = /^((?:--\S+ )*)(.*)$/.exec(rest) ?? [];
    const options = Object.fromEntries(
      [...before.matchAll(/--(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]),
    );
    const current = stages.at(-1);
    if (name === 'FROM') {
      const [base = '', , as = ''] = after.split(' ');
      stages.push({ base, name: as, instructions: [] });
    } else if (current) current.instructions.push({ name, options, text: after });
    else if (name === 'ARG') Object.assign(args, assignments(after));
    else throw new Error(`before the first stage: ${line}`);
  }
  return { args, stages };
}

/** `A=b C=d`, without quotes. */
export function assignments(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(' ').map((word) => {
      const [, name = '', value = ''] = /^([A-Z_0-9]+)=([^"'\\$]*)$/.exec(word) ?? [];
      if (name === '') throw new Error(`not an assignment: ${word}`);
      return [name, value];
    }),
  );
}
