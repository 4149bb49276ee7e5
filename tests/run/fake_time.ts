/** A clock controlled by a test. @module */

/** Replaces `performance.now` until it is disposed of. */
export class FakeTime {
  readonly #real = performance.now;
  #now = 1000;

  constructor() {
    performance.now = () => this.#now;
  }

  /** Advances the clock by some milliseconds. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  [Symbol.dispose](): void {
    performance.now = this.#real;
  }
}
