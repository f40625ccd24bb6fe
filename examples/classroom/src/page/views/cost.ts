import type { CostEstimate } from '@videostorage/core';
import { element, heading } from '../element.ts';
import { type Cost, host } from '../host.ts';
import { nameOf, readableSize, readableTime } from '../sentences.ts';
import type { Page, View } from '../view.ts';

/** What is stored, what it costs in a month, and how much each student stores. */
export async function costView(page: Page): Promise<View> {
  const cost = await host.cost();
  const { usage, estimates, users } = cost;
  const root = element('section', {}, heading('Storage and cost'), element('p', 'hint', page.session.storedAt));
  root.append(figures(cost), ...estimates.map(estimateCard), element('h2', {}, 'By student'));
  const rows = users.map(({ userId, videos, bytes, seconds }) => [
    nameOf(userId),
    `${videos}`,
    readableTime(seconds),
    readableSize(bytes),
  ]);
  root.append(
    usage.videos === 0
      ? element('p', 'empty', 'Nothing is stored yet.')
      : table(['Student', 'Videos', 'Length', 'Size'], rows),
  );
  return { title: 'Storage and cost', root };
}

function figures({ usage, estimates }: Cost): HTMLElement {
  const figure = (value: string, name: string) =>
    element('div', 'figure', element('dd', {}, value), element('dt', {}, name));
  const total = estimates.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
  return element(
    'dl',
    { class: 'figures', testId: 'figures' },
    figure(`${usage.videos ?? 0}`, usage.videos === 1 ? 'video' : 'videos'),
    figure(readableTime((usage.storedMinutes ?? 0) * 60), 'play time'),
    figure(readableSize(usage.storedBytes), 'stored'),
    figure(dollars(total), 'per month'),
  );
}

function estimateCard({ plan, items, monthlyUsd, assumptions, pricesAsOf }: CostEstimate): HTMLElement {
  const rows = items.map(({ name, quantity, unit, unitPriceUsd, amountUsd }) => {
    return [
      name,
      `${quantity.toLocaleString('en-GB', { maximumSignificantDigits: 3 })} ${unit}`,
      price(unitPriceUsd),
      dollars(amountUsd),
    ];
  });
  const notes = [...assumptions, `Prices as of ${pricesAsOf}.`].map((text) => element('li', {}, text));
  return element(
    'section',
    { class: 'card prices', testId: 'estimate' },
    element('h2', {}, plan),
    table(['', 'Quantity', 'Price', 'Per month'], [...rows, ['Total', '', '', dollars(monthlyUsd)]]),
    element('ul', 'notes', ...notes),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const head = titles.map((title) =>
    title === '' ? element('td') : element('th', { attributes: { scope: 'col' } }, title),
  );
  const body = rows.map(([first = '', ...cells]) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, first),
      ...cells.map((cell) => element('td', {}, cell)),
    ),
  );
  const made = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  // It may be wider than a phone, so it can be scrolled, with the keyboard too.
  return element('div', { class: 'scroll', attributes: { tabindex: '0', role: 'group', 'aria-label': 'Table' } }, made);
}

/** An amount to the cent; a smaller one is shown as less than a cent. */
function dollars(amount: number): string {
  return amount > 0 && amount < 0.01 ? '<\u00a0$0.01' : `$${amount.toFixed(2)}`;
}

/** The price of a unit, which may be less than a cent: `$0.023`. */
function price(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumSignificantDigits: 3 })}`;
}
