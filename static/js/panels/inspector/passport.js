// The passport of one message: its stamps, its cause and its effects, its envelope, its code.

import { copy } from '../../copy.js';
import { element, mark } from '../../dom.js';
import { preciseClockTime } from '../../state/clock_time.js';
import { ms, sentence, title } from '../../state/plain.js';
import { passport } from '../../state/passport.js';
import { lookOf } from '../../state/travel.js';
import { facts } from './facts.js';
import { handlerCode } from './code.js';

// Records of one subscriber.
const KNOWS_ONE = new Set(['deliver', 'redeliver', 'process', 'ack', 'retry', 'dead_letter', 'enqueue']);

/**
 * @typedef {import('../../state/types.js').Rec} Rec @typedef {import('../../state/passport.js').Passport} Passport
 * @typedef {(record: Rec) => void} Act
 */

/** @param {Rec} record @param {Rec[]} records @param {{open: Act, follow: Act}} acts  open another message; follow this one in the picture */
export function passportOf(record, records, { open, follow }) {
  if (!record.message) return [element('p', { class: 'says' }, sentence(record)), facts(record), ...json('The record', record)];
  const pass = passport(records, record);
  const subscriber = KNOWS_ONE.has(record.kind) && pass.subscribers.length > 1 ? record.target ?? '' : '';
  return [
    element('p', { class: 'says' }, sentence(record)), facts(record), followButton(record, follow),
    ...stamps(pass, record, subscriber),
    ...relatives('Its cause', pass.cause ? [pass.cause] : [], 'None in this trace: it came from outside.', open),
    ...relatives('Its effects', pass.effects, 'It caused no other message.', open),
    ...pass.handlers.filter(({ service }) => !subscriber || service === subscriber).map(handlerCode),
    ...(pass.event ? json('The envelope (CloudEvent)', pass.event) : []),
    ...json('The record', record),
  ];
}

/** @param {Rec} record @param {Act} follow */
function followButton(record, follow) {
  const button = element('button', { type: 'button', class: 'small', 'data-follow-it': true }, 'Follow it in the picture');
  button.addEventListener('click', () => follow(record));
  return button;
}

/** @param {Passport} pass @param {Rec} record @param {string} subscriber */
function stamps(pass, record, subscriber) {
  const list = element('ol', { class: 'stamps passport', 'data-stamps': '' });
  const show = (/** @type {string} */ whose) => {
    const shown = pass.stamps.filter(({ service }) => !whose || !service || service === whose);
    list.replaceChildren(...shown.map((one, i) => line(one, i ? (one.record.at - shown[i - 1].record.at) * 1000 : null, one.record.id === record.id)));
  };
  show(subscriber);
  const head = element('h3', {}, 'Its stamps');
  if (pass.subscribers.length < 2) return [head, list];
  const select = element('select', { 'data-stamps-of': '' }, element('option', { value: '' }, 'every subscriber'), ...pass.subscribers.map((name) => element('option', { value: name }, title(name))));
  select.value = subscriber;
  select.addEventListener('change', () => show(select.value));
  return [head, element('label', { class: 'stamps-of' }, 'as seen by ', select), list];
}

/** @param {import('../../state/passport.js').Stamp} stamp @param {number|null} gap_ms @param {boolean} isThis */
function line({ record, words, after_ms }, gap_ms, isThis) {
  return element('li', { 'data-stamp': record.kind, class: isThis ? 'is-this' : '', 'aria-current': isThis ? 'true' : null },
    element('time', { title: preciseClockTime(record.at) }, `+${ms(after_ms)}`), mark(lookOf(record)),
    element('span', {}, words, gap_ms === null || gap_ms < 1 ? '' : element('small', {}, ` ${ms(gap_ms)} later`)));
}

/** @param {string} words @param {import('../../state/passport.js').Relative[]} all @param {string} none @param {Act} open */
function relatives(words, all, none, open) {
  const link = (/** @type {import('../../state/passport.js').Relative} */ { name, words: how, record }) => {
    const button = element('button', { type: 'button', class: 'quiet link', 'data-relative': record.message }, name);
    button.addEventListener('click', () => open(record));
    return element('li', {}, button, ` ${how}`);
  };
  return [element('h3', {}, words), all.length ? element('ul', { class: 'relatives' }, ...all.map(link)) : element('p', { class: 'empty' }, none)];
}

/** @param {string} words @param {unknown} value */
function json(words, value) {
  const text = element('pre', { tabindex: 0, role: 'region', 'aria-label': words }, JSON.stringify(value, null, 2));
  const button = element('button', { type: 'button', class: 'small' }, 'Copy JSON');
  button.addEventListener('click', () => copy(text.textContent ?? '', button));
  return [element('details', { class: 'inside', open: words.startsWith('The envelope') }, element('summary', {}, words), text, button)];
}
