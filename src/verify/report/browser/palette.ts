/**
 * The colours of the canvas are those of the style sheet, which alone knows of dark and light: each is read as it is in
 * effect, from an element that has it, since custom properties tell their text and not their colour.
 */
import { element } from './dom.ts';

const names = [
  'background',
  'stripe',
  'line',
  'text',
  'muted',
  'plain',
  'placed',
  'unplaced',
  'stuck',
  'marked',
  'on-bar',
  'path',
  'focus',
] as const;

export type ColourName = (typeof names)[number];
export type Palette = Readonly<Record<ColourName, string>>;

export function readPalette(): Palette {
  const probe = element('span', { hidden: true });
  document.body.append(probe);
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Palette;
}

const themes = ['auto', 'light', 'dark'] as const;

/** A button that goes round through what the system says, light and dark. */
export function themeButton(): HTMLButtonElement {
  let index = 0;
  const made = element('button', { type: 'button', class: 'theme' });
  const show = (): void => {
    const theme = themes[index] ?? 'auto';
    made.textContent = `Theme: ${theme}`;
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  made.addEventListener('click', () => {
    index = (index + 1) % themes.length;
    show();
  });
  show();
  return made;
}

/** Whenever the page turns dark or light, by the button or by the system. */
export function onThemeChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
  new MutationObserver(listener).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
