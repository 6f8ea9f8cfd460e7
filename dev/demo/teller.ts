/** How the demos speak: numbered steps with what follows from each below; and, if asked for, what each program said itself. */
const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';

export class Teller {
  readonly #isVerbose: boolean;
  readonly #isColoured = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  #step = 0;

  constructor({ verbose }: { readonly verbose: boolean }) {
    this.#isVerbose = verbose;
    // Whoever reads only the beginning (`| head`) does not want the rest; all that was begun still comes to its end.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }

  say(...lines: readonly string[]): void {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }

  step(title: string): void {
    this.say(this.#styled(BOLD, `${++this.#step}  ${title}`));
  }

  facts(...lines: readonly string[]): void {
    this.say(...lines.map((line) => `     ${line}`));
  }

  /** A program's own words, for those who want them. */
  words(text: string): void {
    if (this.#isVerbose)
      this.say(
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => this.#styled(DIM, `     | ${line}`)),
      );
  }

  #styled(style: string, text: string): string {
    return this.#isColoured ? `${style}${text}${PLAIN}` : text;
  }
}

/** `0.15 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
