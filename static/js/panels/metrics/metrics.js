// The metrics of the last minutes as charts, or the same numbers as a table. Always up to now, also
// while the picture is frozen.

import { detailOf, element } from '../../dom.js';
import { onKey } from '../../keys.js';
import { call, problemText } from '../../live/api.js';
import { latest, merged, pointOf } from '../../state/metrics.js';
import { Charts } from './charts.js';
import { Table } from './table.js';

/** @param {HTMLElement} place @param {import('../../live/socket.js').PlaygroundSocket} socket */
export function metrics(place, socket) {
  const button = element('button', { type: 'button', class: 'small', 'aria-pressed': 'false', 'aria-keyshortcuts': 't' }, 'As a table', element('kbd', { 'aria-hidden': 'true' }, 't'));
  const says = element('p', { class: 'hint', role: 'status' }, 'Loading the charts …');
  const lines = element('div', { class: 'charts' });
  const numbers = element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures as a table', hidden: true });
  place.append(element('div', { class: 'metrics-head' }, says, button), lines, numbers);
  const table = new Table(numbers);
  /** @type {import('../../state/metrics.js').Point[]} */
  let points = [];
  /** @type {Charts|null} */
  let drawing = null; // once the library is loaded
  let isSeen = false;
  let edition = 0; // of the points from before this page was open

  function draw() {
    if (!isSeen) return;
    if (numbers.hidden) drawing?.draw(points);
    else table.draw(points, edition);
  }

  async function recall() {
    const { status, data } = await call('GET', '/api/playground/metrics');
    if (status !== 200) return say(problemText(data));
    points = merged(points, data.points);
    edition += 1;
    say('The last five minutes, live. A gap is a time without data.');
    draw();
  }

  /** @param {string} words */
  function say(words) { if (says.textContent !== words) says.textContent = words; }

  function toggle() {
    numbers.hidden = !numbers.hidden;
    lines.hidden = !numbers.hidden;
    button.setAttribute('aria-pressed', String(!numbers.hidden));
    draw();
  }

  socket.addEventListener('frame', (event) => {
    const detail = detailOf(event);
    if (detail.type === 'welcome' && drawing) recall(); // after a reconnect or a reset
    if (detail.type !== 'stats') return;
    points = latest([...points, pointOf(detail)]);
    draw();
  });
  button.addEventListener('click', toggle);
  onKey(place, (event) => {
    if (event.key !== 't') return;
    event.preventDefault();
    event.stopPropagation(); // the key may have another meaning elsewhere
    toggle();
  });

  return {
    /** @param {boolean} now */
    async seen(now) {
      isSeen = now;
      if (!now) return;
      if (!drawing) {
        drawing = new Charts(lines, await library(place.dataset.uplotCss ?? ''));
        await recall();
      }
      draw();
    },
  };
}

/** Load uPlot. @param {string} css */
async function library(css) {
  document.head.append(element('link', { rel: 'stylesheet', href: css }));
  const { default: uPlot } = await import('../../../vendor/uplot/uPlot.esm.js');
  return uPlot;
}
