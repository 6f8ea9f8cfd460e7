/** Lines are joined in batches of this many, so that a large text needs little more memory than itself. */
const BATCH = 512;

/** A text under construction, in time and memory proportional to its length. */
export class Lines {
  private batch: string[] = [];
  private readonly done: string[] = [];

  /** `line` brings its own line end. */
  add(line: string): void {
    if (this.batch.push(line) >= BATCH) this.flush();
  }

  text(): string {
    this.flush();
    return this.done.join('');
  }

  private flush(): void {
    this.done.push(this.batch.join(''));
    this.batch = [];
  }
}
