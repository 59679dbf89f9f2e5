/** The pictures of a transactions verdict: anomalies to choose from, the chosen one's graph, timeline and table of all. */
import { count, describeOperation } from '../display-text.ts';
import type { TransactionsData } from '../report-data.ts';
import { ChoiceList } from './choice-list.ts';
import { parseClientFilter } from './client-filter.ts';
import { cycleGraph } from './cycle-graph.ts';
import { definitions, element, field } from './dom.ts';
import { Timeline } from './timeline.ts';
import { TransactionsTable } from './transactions-table.ts';
import type { View } from './view.ts';

export class TransactionsView implements View {
  readonly element: HTMLElement;
  readonly #data: TransactionsData;
  readonly #list: ChoiceList;
  readonly #timeline: Timeline;
  readonly #table: TransactionsTable;
  readonly #anomaly = element('section', { class: 'anomaly', 'aria-label': 'Chosen anomaly' });
  readonly #details = element('section', { class: 'details', 'aria-label': 'Selected transaction' });
  readonly #clients: HTMLLabelElement;
  readonly #keys: HTMLLabelElement;
  /** The anomalies of each transaction that has some. */
  readonly #anomalies = new Map<number, number[]>();
  #isShown: (process: number) => boolean = () => true;
  #key = '';
  #shown: ReadonlySet<number> = new Set();
  #chosen: number | undefined;

  constructor(data: TransactionsData) {
    this.#data = data;
    for (const [index, { transactions }] of data.anomalies.entries()) {
      for (const transaction of new Set(transactions)) {
        this.#anomalies.set(transaction, [...(this.#anomalies.get(transaction) ?? []), index]);
      }
    }
    const choices = data.anomalies.map(({ name, transactions }, id) => {
      return {
        id,
        text: name,
        detail: transactions.map((transaction) => `T${transaction}`).join(' '),
        badge: undefined,
      };
    });
    this.#list = new ChoiceList('Anomalies', choices, (id) => {
      this.show([id]);
    });
    this.#timeline = new Timeline({
      onSelect: (id) => {
        this.#select(id);
      },
      hint: (id) => [`T${id}, client ${data.transactions[id]?.row[0] ?? ''}`, data.transactions[id]?.row[2] ?? ''],
      toneOf: (id) => (this.#isInChosen(id) ? 'marked' : 'plain'),
      jump: (by) => {
        this.#jump(by);
      },
    });
    const namesOf = (transaction: number): readonly string[] =>
      (this.#anomalies.get(transaction) ?? []).map((index) => data.anomalies[index]?.name ?? '');
    this.#table = new TransactionsTable(data.transactions, namesOf, (transaction) => {
      this.#choose(transaction);
    });
    this.#clients = field('Clients', 'all, or 1 3 5-9', (text) => {
      const parsed = parseClientFilter(text);
      this.#clients.classList.toggle('invalid', parsed === undefined);
      if (parsed !== undefined) this.#filter(this.#key, parsed);
    });
    this.#keys = field('Keys', 'all, or a part of the name', (text) => {
      this.#filter(text, this.#isShown);
    });
    const side = element('aside', {}, this.#keys, this.#clients, this.#list.element);
    const main = element(
      'div',
      { class: 'main' },
      this.#anomaly,
      this.#timeline.element,
      this.#details,
      this.#table.element,
    );
    this.element = element('div', { class: 'columns' }, side, main);
  }

  start(): void {
    this.#filter('', this.#isShown);
    if (this.#data.anomalies.length > 0) this.show([0]);
  }

  show([index = 0]: readonly number[]): void {
    const anomaly = this.#data.anomalies[index];
    if (anomaly === undefined) return;
    if (!this.#hasShown(index)) this.#showAll();
    this.#chosen = index;
    this.#list.choose(index);
    const graph = cycleGraph(anomaly, {
      transaction: (transaction) => this.#data.transactions[transaction],
      onSelect: (transaction) => {
        this.#choose(transaction);
      },
    });
    this.#anomaly.replaceChildren(element('h2', {}, anomaly.name), element('p', {}, anomaly.description), graph);
    const shown = anomaly.transactions.filter((transaction) => this.#shown.has(transaction));
    this.#timeline.focusOn(shown);
    this.#select(shown[0]);
  }

  /** Whether the filters leave any of it. */
  #hasShown(anomaly: number): boolean {
    const { transactions = [] } = this.#data.anomalies[anomaly] ?? {};
    return transactions.some((transaction) => this.#shown.has(transaction));
  }

  #isInChosen(transaction: number): boolean {
    return this.#chosen !== undefined && (this.#anomalies.get(transaction) ?? []).includes(this.#chosen);
  }

  /** A part of a key's name, and the clients; nothing means all. */
  #filter(key: string, isShown: (process: number) => boolean): void {
    this.#key = key;
    this.#isShown = isShown;
    const wanted = key.trim().toLowerCase();
    const shown = [...this.#data.transactions.entries()].filter(
      ([, { row, keys }]) =>
        isShown(row[0]) && (wanted === '' || keys.some((one) => one.toLowerCase().includes(wanted))),
    );
    this.#shown = new Set(shown.map(([transaction]) => transaction));
    this.#list.offer((anomaly) => this.#hasShown(anomaly));
    this.#table.setShown(shown.map(([transaction]) => transaction));
    this.#timeline.setItems(shown.map(([id, { row }]) => ({ id, row, label: `T${id} ${describeOperation(row)}` })));
  }

  /** Whoever asks for what the filters hide wants to see it. */
  #showAll(): void {
    for (const { control } of [this.#keys, this.#clients]) {
      if (control instanceof HTMLInputElement) control.value = '';
    }
    this.#clients.classList.remove('invalid');
    this.#filter('', () => true);
  }

  /** Selects it everywhere. */
  #choose(transaction: number): void {
    if (!this.#shown.has(transaction)) this.#showAll();
    this.#timeline.focusOn([transaction]);
    this.#select(transaction);
  }

  #select(transaction: number | undefined): void {
    this.#table.select(transaction);
    const { row, keys } = this.#data.transactions[transaction ?? -1] ?? {};
    if (row === undefined || keys === undefined) {
      this.#details.replaceChildren();
      return;
    }
    const [process, , , , call, returned, outcome] = row;
    const others = (this.#anomalies.get(transaction ?? -1) ?? []).map((index) => this.#link(index));
    this.#details.replaceChildren(
      element('h2', {}, `T${transaction ?? ''}: ${describeOperation(row)}`),
      definitions([
        ['Client', String(process)],
        ['Keys', keys.join(', ')],
        ['Called', String(call)],
        ['Returned', returned === null ? 'unknown' : String(returned)],
        ['Outcome', outcome === 'info' ? 'it may or may not have happened, at any time after its call' : outcome],
      ]),
      element('p', {}, `In ${count(others.length, 'anomaly', 'anomalies')} `, ...others),
    );
  }

  #link(index: number): HTMLElement {
    const made = element('button', { type: 'button' }, this.#data.anomalies[index]?.name ?? '');
    made.addEventListener('click', () => {
      this.show([index]);
    });
    return made;
  }

  /** To the next of those that the filters leave; of all, if they leave none. */
  #jump(by: 1 | -1): void {
    const all = [...this.#data.anomalies.keys()];
    const left = all.filter((anomaly) => this.#hasShown(anomaly));
    const candidates = left.length === 0 ? all : left;
    if (by === -1) candidates.reverse();
    const next = candidates.find((anomaly) => this.#chosen === undefined || (anomaly - this.#chosen) * by > 0);
    const target = next ?? candidates[0];
    if (target !== undefined) this.show([target]);
  }
}
