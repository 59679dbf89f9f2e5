/** All transactions as a table, a page at a time, so that thousands are as quick as ten. */
import { count, describeOperation } from '../display-text.ts';
import type { TransactionData } from '../report-data.ts';
import { button, element } from './dom.ts';

const rowsPerPage = 50;

export class TransactionsTable {
  readonly element: HTMLElement;
  readonly #transactions: readonly TransactionData[];
  readonly #onSelect: (transaction: number) => void;
  readonly #anomaliesOf: (transaction: number) => readonly string[];
  readonly #rows = element('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Transactions' });
  readonly #body = element('tbody');
  readonly #position = element('span', { 'aria-live': 'polite' });
  #shown: readonly number[] = [];
  #page = 0;
  #selected: number | undefined;

  constructor(
    transactions: readonly TransactionData[],
    anomaliesOf: (transaction: number) => readonly string[],
    onSelect: (transaction: number) => void,
  ) {
    this.#transactions = transactions;
    this.#anomaliesOf = anomaliesOf;
    this.#onSelect = onSelect;
    const titles = ['', 'Client', 'Steps', 'Called', 'Returned', 'Outcome', 'Anomalies'];
    const head = element(
      'thead',
      {},
      element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title))),
    );
    const pages = element(
      'p',
      { class: 'toolbar pages' },
      button('‹', 'Previous page', () => {
        this.#turn(-1);
      }),
      this.#position,
      button('›', 'Next page', () => {
        this.#turn(1);
      }),
    );
    this.#rows.append(element('table', {}, head, this.#body));
    this.element = element('div', {}, pages, this.#rows);
  }

  /** Shows these of the transactions. */
  setShown(shown: readonly number[]): void {
    this.#shown = shown;
    this.#page = 0;
    this.#show();
  }

  select(transaction: number | undefined): void {
    this.#selected = transaction;
    const at = transaction === undefined ? -1 : this.#shown.indexOf(transaction);
    if (at !== -1) this.#page = Math.floor(at / rowsPerPage);
    this.#show();
    const row = this.#body.querySelector<HTMLElement>('[aria-current]');
    // Not `scrollIntoView`, which would scroll the page too, away from the pictures.
    if (row !== null) this.#rows.scrollTop = row.offsetTop - this.#rows.clientHeight / 2;
  }

  #turn(by: number): void {
    const last = Math.max(0, Math.ceil(this.#shown.length / rowsPerPage) - 1);
    this.#page = Math.max(0, Math.min(this.#page + by, last));
    this.#show();
  }

  #show(): void {
    const first = this.#page * rowsPerPage;
    const rows = this.#shown.slice(first, first + rowsPerPage);
    const range = rows.length === 0 ? '' : `${first + 1} to ${first + rows.length} of `;
    this.#position.textContent = range + count(this.#shown.length, 'transaction');
    this.#body.replaceChildren(...rows.map((transaction) => this.#row(transaction)));
  }

  #row(transaction: number): HTMLElement {
    const { row } = this.#transactions[transaction] ?? {};
    if (row === undefined) return element('tr');
    const [process, , , , call, returned, outcome] = row;
    const name = element('button', { type: 'button' }, `T${transaction}`);
    name.addEventListener('click', () => {
      this.#onSelect(transaction);
    });
    const texts = [process, describeOperation(row), call, returned ?? 'unknown', outcome];
    return element(
      'tr',
      { 'data-transaction': transaction, ...(transaction === this.#selected ? { 'aria-current': 'true' } : {}) },
      element('th', { scope: 'row' }, name),
      ...texts.map((text) => element('td', {}, element('div', { class: 'clamped' }, String(text)))),
      element('td', {}, this.#anomaliesOf(transaction).join(', ')),
    );
  }
}
