/** Where the page's script begins: makes the pictures of the data in the page, and the findings lead to them. */
import type { ReportData } from '../report-data.ts';
import { button, element } from './dom.ts';
import { LinearizabilityView } from './linearizability-view.ts';
import { themeButton } from './palette.ts';
import { TransactionsView } from './transactions-view.ts';
import type { View } from './view.ts';

function start(): void {
  const pictures = document.getElementById('pictures');
  const text = document.getElementById('data')?.textContent;
  if (pictures === null || text === undefined) return;
  const data = JSON.parse(text) as ReportData;
  const view = data.kind === 'linearizability' ? new LinearizabilityView(data) : new TransactionsView(data);
  document.querySelector('header')?.append(themeButton());
  pictures.replaceChildren(view.element, help());
  view.start();
  linkFindings(view, pictures);
}

function linkFindings(view: View, pictures: HTMLElement): void {
  for (const finding of document.querySelectorAll<HTMLElement>('#findings li[data-target]')) {
    const target = (finding.dataset['target'] ?? '').split(' ').map(Number);
    const what = finding.querySelector('.finding')?.textContent ?? '';
    const made = button('Show', `Show: ${what}`, () => {
      view.show(target);
      const timeline = pictures.querySelector<HTMLElement>('.timeline');
      timeline?.focus({ preventScroll: true });
      pictures.scrollIntoView();
    });
    finding.prepend(made, ' ');
  }
}

function help(): HTMLElement {
  const keys = [
    'Mouse: wheel to zoom, drag or Shift and wheel to pan, click to select. Touch: one finger pans, two zoom.',
    'Keyboard, in the timeline: arrows go from operation to operation, Home and End to the first and the last of a lane, Shift and arrows pan, + − zoom, 0 shows all, E and Shift E go to the next and the previous error, Escape selects nothing.',
  ];
  return element(
    'details',
    { class: 'help' },
    element('summary', {}, 'Mouse, touch and keyboard'),
    ...keys.map((text) => element('p', {}, text)),
  );
}

start();
