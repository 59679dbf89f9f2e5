/** Elements made from code. All texts become text nodes or attributes: nothing here parses HTML. */

export type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean>>;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) target.setAttribute(name, value === true ? '' : String(value));
  }
}

export function button(label: string, title: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', title, 'aria-label': title }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** A text field that acts while it is written in. */
export function field(label: string, placeholder: string, onInput: (text: string) => void): HTMLLabelElement {
  const input = element('input', { type: 'text', placeholder, autocomplete: 'off', spellcheck: 'false' });
  input.addEventListener('input', () => {
    onInput(input.value);
  });
  return element('label', { class: 'field' }, label, input);
}

/** Terms and what they are, in pairs. */
export function definitions(pairs: readonly (readonly [string, string])[]): HTMLDListElement {
  return element(
    'dl',
    {},
    ...pairs.map(([term, text]) => element('div', {}, element('dt', {}, term), element('dd', {}, text))),
  );
}
