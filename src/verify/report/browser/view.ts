/** What shows a verdict. */
export interface View {
  readonly element: HTMLElement;
  /** Once its element is in the page. */
  start(): void;
  /** What a finding says of it (`Finding.target`). */
  show(target: readonly number[]): void;
}
