/** A clock that a test moves. @module */

/** Takes the place of `performance.now` until it is disposed of. */
export class FakeTime {
  readonly #real = performance.now;
  #now = 1000;

  constructor() {
    performance.now = () => this.#now;
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  [Symbol.dispose](): void {
    performance.now = this.#real;
  }
}
