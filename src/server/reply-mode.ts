/** `CLIENT REPLY`: whether the commands of a connection are answered. `skip` is for the next command only. */
export class ReplyMode {
  #mode: 'on' | 'off' | 'skip' = 'on';
  /** `SKIP` was said before the command that is being handled. */
  #skipsThis = false;

  get mode(): 'on' | 'off' | 'skip' {
    return this.#mode;
  }

  /** `CLIENT REPLY ON` is answered even where it was to be skipped. */
  set mode(mode: 'on' | 'off' | 'skip') {
    this.#mode = mode;
    if (mode === 'on') this.#skipsThis = false;
  }

  /** `RESET`, which itself is not answered where it was to be skipped. */
  reset(): void {
    this.#mode = 'on';
  }

  /** Whether the command that is being handled is not answered. */
  get isSilent(): boolean {
    return this.#skipsThis || this.#mode === 'off';
  }

  /** A command comes. */
  begin(): void {
    this.#skipsThis = this.#mode === 'skip';
    if (this.#skipsThis) this.#mode = 'on';
  }

  /** It will come again, as if for the first time. */
  takeBack(): void {
    if (this.#skipsThis) this.#mode = 'skip';
  }
}
