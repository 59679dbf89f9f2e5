/** How far long work has come: a line that renews itself on a terminal, else a line now and then. */

const terminalMs = 200;
const logMs = 10_000;

export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY;
  #shownAt = performance.now();
  #isOpen = false;

  show(text: () => string): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.#isTerminal ? terminalMs : logMs)) return;
    this.#shownAt = now;
    if (this.#isTerminal) {
      process.stderr.write(`\r\u001b[K${text()}`);
      this.#isOpen = true;
    } else {
      process.stderr.write(`${text()}\n`);
    }
  }

  /** Clears the line, so that what follows begins at its start. */
  end(): void {
    if (this.#isOpen) process.stderr.write('\r\u001b[K');
    this.#isOpen = false;
  }
}
