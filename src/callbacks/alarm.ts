/** Something that waits, and that can be woken. Its timer does not keep the process alive. */
export class Alarm {
  #isWoken = false;
  #end: (() => void) | null = null;

  /** Ends the wait, or the next one if nothing waits. */
  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }

  /** Resolves after so many milliseconds, or when it is woken. */
  async wait(ms: number): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = Number.isFinite(ms) ? setTimeout(resolve, ms).unref() : undefined;
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#end = null;
    }
    this.#isWoken = false;
  }
}
