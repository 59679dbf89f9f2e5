/** The pictures of a linearizability verdict: keys to choose from, the timeline, the orders found, what is selected. */
import { count, groupDigits } from '../display-text.ts';
import type { LinearizabilityData } from '../report-data.ts';
import { ChoiceList } from './choice-list.ts';
import { parseClientFilter } from './client-filter.ts';
import { button, definitions, element, field } from './dom.ts';
import { LinearizabilityOperations, type Located } from './linearizability-operations.ts';
import { createPath } from './linearization-path.ts';
import { Timeline } from './timeline.ts';
import type { Tone } from './timeline-painter.ts';
import type { View } from './view.ts';

const allKeys = -1;
const severity = { illegal: 0, unknown: 1, ok: 2 };

export class LinearizabilityView implements View {
  readonly element: HTMLElement;
  readonly #operations: LinearizabilityOperations;
  readonly #timeline: Timeline;
  readonly #keys: ChoiceList;
  readonly #orders = element('select', { 'aria-label': 'Order drawn' });
  readonly #details = element('section', { class: 'details', 'aria-label': 'Selected operation' });
  readonly #clients: HTMLLabelElement;
  /** The partitions of which an operation is marked as wrong, the certain ones first. */
  readonly #errors: readonly number[];
  #isShown: (process: number) => boolean = () => true;
  #chosen = allKeys;
  /** Whose linearization is drawn. */
  #partition = 0;
  #linearization = 0;
  #placed = new Set<number>();
  #selected: number | undefined;

  constructor(data: LinearizabilityData) {
    this.#operations = new LinearizabilityOperations(data);
    const sorted = [...data.partitions.entries()].sort(
      ([, left], [, right]) => severity[left.verdict] - severity[right.verdict],
    );
    this.#errors = sorted.filter(([, { error }]) => error !== null).map(([partition]) => partition);
    this.#timeline = new Timeline({
      onSelect: (id) => {
        this.#select(id);
      },
      hint: (id) => this.#hint(id),
      toneOf: (id) => this.#toneOf(id),
      jump: (by) => {
        this.#jump(by);
      },
    });
    const choices = sorted.map(([id, { key, verdict, operations }]) => ({
      id,
      text: key,
      detail: groupDigits(operations.length),
      badge: verdict,
    }));
    const all = { id: allKeys, text: 'All keys', detail: '', badge: undefined };
    this.#keys = new ChoiceList('Keys', [all, ...choices], (id) => {
      this.#chooseKey(id);
    });
    this.#clients = field('Clients', 'all, or 1 3 5-9', (text) => {
      this.#filterClients(text);
    });
    this.#orders.addEventListener('change', () => {
      this.#draw(this.#partition, Number(this.#orders.value));
      this.#showDetails();
    });
    const order = element('div', { class: 'orders' }, element('label', {}, 'Order drawn ', this.#orders));
    const side = element('aside', {}, this.#clients, this.#keys.element);
    const main = element('div', { class: 'main' }, this.#timeline.element, legend(data), order, this.#details);
    this.element = element('div', { class: 'columns' }, side, main);
  }

  start(): void {
    const [first] = this.#errors;
    if (first === undefined) this.#chooseKey(this.#operations.partitions.length === 1 ? 0 : allKeys);
    else this.#showError(first);
  }

  show([partition = 0, linearization = 0]: readonly number[]): void {
    this.#chooseKey(partition);
    this.#draw(partition, linearization);
    const error = this.#operations.partitions[partition]?.error ?? null;
    if (error === null) return;
    const id = this.#operations.idOf(partition, error.operation);
    if (!this.#timeline.scene.bars.has(id)) this.#showAllClients();
    this.#timeline.focusOn([id]);
    this.#select(id);
  }

  #chooseKey(id: number): void {
    this.#chosen = id;
    this.#keys.choose(id);
    const partition = id === allKeys ? undefined : id;
    this.#timeline.setItems(this.#operations.items(partition, this.#isShown));
    this.#selected = undefined;
    this.#timeline.select(undefined);
    const drawn = partition ?? this.#errors[0] ?? 0;
    this.#draw(drawn, this.#operations.partitions[drawn]?.error?.linearization ?? 0);
    this.#showDetails();
  }

  #filterClients(text: string): void {
    const parsed = parseClientFilter(text);
    this.#clients.classList.toggle('invalid', parsed === undefined);
    if (parsed === undefined) return;
    this.#isShown = parsed;
    const partition = this.#chosen === allKeys ? undefined : this.#chosen;
    this.#timeline.setItems(this.#operations.items(partition, parsed));
    this.#draw(this.#partition, this.#linearization);
  }

  #showAllClients(): void {
    const input = this.#clients.querySelector('input');
    if (input !== null) input.value = '';
    this.#filterClients('');
  }

  /** Draws a linearization through the bars. */
  #draw(partition: number, index: number): void {
    const isOther = partition !== this.#partition || this.#orders.options.length === 0;
    this.#partition = partition;
    this.#linearization = index;
    if (isOther) this.#listOrders();
    this.#orders.value = String(index);
    const linearization = this.#operations.linearization(partition, index) ?? { steps: [], stuck: null };
    this.#placed = new Set(linearization.steps.filter((_, position) => position % 2 === 0));
    const idOf = (operation: number): number => this.#operations.idOf(partition, operation);
    this.#timeline.setPath(createPath(linearization, this.#timeline.scene, idOf));
  }

  #listOrders(): void {
    const { linearizations = [], operations = [], omitted = 0 } = this.#operations.partitions[this.#partition] ?? {};
    const all = count(operations.length, 'operation');
    const options = linearizations.map(({ steps, stuck }, index) => {
      const label =
        stuck === null ? '' : `, stopped by ${this.#label({ partition: this.#partition, operation: stuck })}`;
      return element('option', { value: index }, `${index + 1}: ${groupDigits(steps.length / 2)} of ${all}${label}`);
    });
    if (options.length === 0) options.push(element('option', {}, 'none was found'));
    if (omitted > 0) options.push(element('option', { disabled: true }, `${omitted} more were left out`));
    this.#orders.replaceChildren(...options);
  }

  #label(located: Located): string {
    return (
      this.#timeline.scene.bars.get(this.#operations.idOf(located.partition, located.operation))?.item.label ?? '…'
    );
  }

  #toneOf(id: number): Tone {
    const { partition, operation } = this.#operations.locate(id);
    if (partition !== this.#partition) return 'plain';
    if (this.#isWrong({ partition, operation })) return 'stuck';
    if (this.#placed.has(operation)) return 'placed';
    // Where this order or the search has merely stopped, nothing is known to be wrong.
    const { stuck } = this.#operations.linearization(partition, this.#linearization) ?? {};
    return stuck === operation ? 'marked' : 'unplaced';
  }

  /** It is what makes the verdict illegal, whichever order is drawn. */
  #isWrong({ partition, operation }: Located): boolean {
    const { verdict, error } = this.#operations.partitions[partition] ?? {};
    return verdict === 'illegal' && error?.operation === operation;
  }

  #hint(id: number): readonly string[] {
    const located = this.#operations.locate(id);
    const label = `client ${this.#operations.row(located)?.[0] ?? ''}: ${this.#label(located)}`;
    return [label, ...this.#placement(located).map(([term, text]) => `${term}: ${text}`)];
  }

  #select(id: number | undefined): void {
    this.#selected = id;
    if (id !== undefined) {
      const located = this.#operations.locate(id);
      const isOfOther = located.partition !== this.#partition;
      // What no order explains is not looked for in others; of the rest the order that tells most is drawn.
      const isTold = this.#toneOf(id) !== 'unplaced';
      if (isOfOther || !isTold) this.#draw(located.partition, this.#operations.linearizationOf(located) ?? 0);
    }
    this.#showDetails();
  }

  #showDetails(): void {
    if (this.#selected === undefined) {
      this.#details.replaceChildren(element('p', { class: 'muted' }, 'Select an operation to see its details.'));
      return;
    }
    const located = this.#operations.locate(this.#selected);
    const row = this.#operations.row(located);
    if (row === undefined) return;
    const [process, f, input, output, call, returned, outcome] = row;
    const key = this.#operations.partitions[located.partition]?.key ?? '';
    this.#details.replaceChildren(
      element('h2', {}, this.#label(located)),
      definitions([
        ['Key', key],
        ['Client', String(process)],
        ['Function', f],
        ...(input === null ? [] : [['Input', input] as const]),
        ...(output === null ? [] : [['Output', output] as const]),
        ['Called', String(call)],
        ['Returned', returned === null ? 'unknown' : String(returned)],
        ['Outcome', outcome === 'info' ? 'it may or may not have happened, at any time after its call' : outcome],
        ...this.#placement(located),
      ]),
      button('Only this client', 'Show only this client', () => {
        const input = this.#clients.querySelector('input');
        if (input !== null) input.value = String(process);
        this.#filterClients(String(process));
      }),
    );
  }

  /** What the order that is drawn says of it. */
  #placement(located: Located): readonly (readonly [string, string])[] {
    if (located.partition !== this.#partition) return [];
    const place = this.#operations.place(located, this.#linearization);
    const end = this.#operations.endState(this.#partition, this.#linearization) ?? 'the initial state';
    if (place !== undefined) {
      const before = [['State before', place.before ?? 'the initial state'] as const];
      return [['Place', `${place.step} in the order drawn`], ...before, ['State after', place.after]];
    }
    const { stuck = null } = this.#operations.linearization(this.#partition, this.#linearization) ?? {};
    const { verdict } = this.#operations.partitions[this.#partition] ?? {};
    if (stuck !== located.operation)
      return [['Place', this.#isWrong(located) ? 'none: could not be placed' : 'none in the order drawn']];
    const stopped = verdict === 'illegal' ? 'the order drawn stopped here' : 'the search stopped here';
    return [
      ['Place', `none: ${this.#isWrong(located) ? 'could not be placed here' : stopped}`],
      ['State before', end],
    ];
  }

  #jump(by: 1 | -1): void {
    if (this.#errors.length === 0) return;
    const at = this.#errors.indexOf(this.#partition);
    const { error } = this.#operations.partitions[this.#partition] ?? {};
    const isAtError = at !== -1 && this.#selected === this.#operations.idOf(this.#partition, error?.operation ?? -1);
    const next = isAtError ? at + by : Math.max(0, at);
    const target = this.#errors.at(next % this.#errors.length);
    if (target !== undefined) this.#showError(target);
  }

  #showError(partition: number): void {
    this.show([partition, this.#operations.partitions[partition]?.error?.linearization ?? 0]);
  }
}

function legend({ partitions }: LinearizabilityData): HTMLElement {
  const entry = (tone: string, text: string): HTMLElement =>
    element('span', {}, element('span', { class: `swatch ${tone}` }), text);
  const isIllegal = partitions.some(({ verdict }) => verdict === 'illegal');
  const stoppedElsewhere = partitions.some(({ verdict, linearizations, error }) =>
    linearizations.some(({ stuck }) => stuck !== null && (verdict === 'unknown' || stuck !== error?.operation)),
  );
  const stuck = [
    ...(isIllegal ? [entry('stuck', '✗ could not be placed')] : []),
    ...(stoppedElsewhere ? [entry('marked', '✗ where an order stopped')] : []),
  ];
  return element(
    'p',
    { class: 'legend' },
    entry('placed', 'has a place in the order drawn'),
    ...stuck,
    entry('unplaced', 'has no place in it'),
    entry('open', 'may have happened, or not: no known end (its lane may be used again)'),
    element('span', {}, 'What failed has not happened, and is not drawn.'),
  );
}
