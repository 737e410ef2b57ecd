// What the company does over time: charts, or the same numbers as a table. Always of now, also
// while the picture stands still.

import { element } from '../../dom.js';
import { call, trouble } from '../../live/api.js';
import { latest, merged, pointOf } from '../../state/metrics.js';
import { Charts } from './charts.js';
import { Table } from './table.js';

export function metrics(place, socket) {
  const button = element('button', { type: 'button', class: 'small', 'aria-pressed': 'false', 'aria-keyshortcuts': 't' }, 'As a table', element('kbd', { 'aria-hidden': 'true' }, 't'));
  const says = element('p', { class: 'hint', role: 'status' }, 'Loading the charts …');
  const lines = element('div', { class: 'charts' });
  const numbers = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures as a table', hidden: true });
  place.append(element('div', { class: 'metrics-head' }, says, button), lines, numbers);
  const table = new Table(numbers);
  let points = [];
  let drawing = null; // once the library is there
  let isSeen = false;
  let edition = 0; // of what is older than we have seen ourselves

  function draw() {
    if (!isSeen) return;
    if (numbers.hidden) drawing?.draw(points);
    else table.draw(points, edition);
  }

  async function recall() {
    const { status, data } = await call('GET', '/api/playground/metrics');
    if (status !== 200) return tell(trouble(data));
    points = merged(points, data.points);
    edition += 1;
    tell('The last five minutes, live. A hole is a time of which nothing is known.');
    draw();
  }

  function tell(words) { if (says.textContent !== words) says.textContent = words; }

  function toggle() {
    numbers.hidden = !numbers.hidden;
    lines.hidden = !numbers.hidden;
    button.setAttribute('aria-pressed', !numbers.hidden);
    draw();
  }

  socket.addEventListener('frame', ({ detail }) => {
    if (detail.type === 'welcome' && drawing) recall(); // we have been away, or a reset came
    if (detail.type !== 'stats') return;
    points = latest([...points, pointOf(detail)]);
    draw();
  });
  button.addEventListener('click', toggle);
  place.addEventListener('keydown', (event) => {
    if (event.key !== 't' || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page this key may mean something else
    toggle();
  });

  return {
    async seen(now) {
      isSeen = now;
      if (!now) return;
      if (!drawing) {
        drawing = new Charts(lines, await library(place.dataset.uplotCss));
        await recall();
      }
      draw();
    },
  };
}

/** uPlot, loaded when it is first wanted. */
async function library(css) {
  document.head.append(element('link', { rel: 'stylesheet', href: css }));
  const { default: uPlot } = await import('../../../vendor/uplot/uPlot.esm.js');
  return uPlot;
}
