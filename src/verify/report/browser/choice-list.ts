/** A list of which one is chosen, such as keys or anomalies, with a filter; however many there are, it shows a bounded number. */
import { groupDigits } from '../display-text.ts';
import { element, field } from './dom.ts';

export interface Choice {
  readonly id: number;
  readonly text: string;
  readonly detail: string;
  /** A word in colour before the text; its class is the word. */
  readonly badge: string | undefined;
}

const shownMax = 200;

export class ChoiceList {
  readonly element: HTMLElement;
  readonly #choices: readonly Choice[];
  readonly #onChoose: (id: number) => void;
  readonly #list = element('ul', { class: 'choices' });
  #chosen: number | undefined;
  #filter = '';
  #isOffered: (id: number) => boolean = () => true;

  constructor(title: string, choices: readonly Choice[], onChoose: (id: number) => void) {
    this.#choices = choices;
    this.#onChoose = onChoose;
    const filter = field(`${title} with`, 'a part of the name', (text) => {
      this.#filter = text.toLowerCase();
      this.#show();
    });
    this.element = element('nav', { 'aria-label': title }, element('h2', {}, title), filter, this.#list);
    this.#show();
  }

  /** Shows only these, as far as its own filter lets them. */
  offer(isOffered: (id: number) => boolean): void {
    this.#isOffered = isOffered;
    this.#show();
  }

  /** Marks it as chosen; it is shown even if the filter says otherwise. */
  choose(id: number): void {
    this.#chosen = id;
    this.#show();
    this.#list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  #show(): void {
    const matching = this.#choices.filter(
      ({ id, text }) => id === this.#chosen || (this.#isOffered(id) && text.toLowerCase().includes(this.#filter)),
    );
    let shown = matching.slice(0, shownMax);
    const chosen = matching.find(({ id }) => id === this.#chosen);
    if (chosen !== undefined && !shown.includes(chosen)) shown = [chosen, ...shown];
    const hidden = matching.length - shown.length;
    this.#list.replaceChildren(...shown.map((choice) => element('li', {}, this.#item(choice))));
    if (hidden > 0) this.#list.append(element('li', { class: 'muted' }, `… and ${groupDigits(hidden)} more`));
  }

  #item({ id, text, detail, badge }: Choice): HTMLElement {
    const made = element('button', { type: 'button', ...(id === this.#chosen ? { 'aria-current': 'true' } : {}) });
    if (badge !== undefined) made.append(element('span', { class: `badge ${badge}` }, badge), ' ');
    made.append(element('span', { class: 'name' }, text), ' ', element('span', { class: 'muted' }, detail));
    made.addEventListener('click', () => {
      const hadFocus = document.activeElement === made;
      this.#onChoose(id);
      // Choosing makes the list anew; the keyboard must not fall out of it.
      if (hadFocus) this.#list.querySelector<HTMLElement>('[aria-current]')?.focus();
    });
    return made;
  }
}
