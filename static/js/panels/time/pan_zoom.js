// Pan and zoom: by buttons, wheel, drag and keys.

import { onKey } from '../../keys.js';

const ZOOM = 1.6;
const PAN = 0.25; // of what is seen
const DRAG_PX = 4; // less is a press

/**
 * @typedef {Object} View  `x` in pixels of the place; `share` of what is seen
 * @property {(factor: number, x?: number) => void} zoom @property {(share: number) => void} pan @property {() => void} fit
 */

/** @param {HTMLElement} place  of the diagram @param {View} view */
export function panZoom(place, view) {
  /** @type {Object<string, () => void>} */
  const acts = {
    in: () => view.zoom(ZOOM), out: () => view.zoom(1 / ZOOM), left: () => view.pan(-PAN), right: () => view.pan(PAN), fit: () => view.fit(),
  };
  /** @type {Object<string, () => void>} */
  const keys = { '+': acts.in, '=': acts.in, '-': acts.out, f: acts.fit };
  /** @type {Object<string, () => void>} */
  const shifted = { ArrowLeft: acts.left, ArrowRight: acts.right };

  onKey(place, (event) => {
    const act = event.shiftKey && shifted[event.key] ? shifted[event.key] : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  place.addEventListener('wheel', (event) => {
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey) view.zoom(2 ** (-event.deltaY / 200), event.clientX - place.getBoundingClientRect().x);
    else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) view.pan(sideways / place.clientWidth);
    else return;
    event.preventDefault();
  }, { passive: false });
  drag(place, view);
  return acts;
}

/** One finger or the mouse moves the window; two fingers zoom it. @param {HTMLElement} place @param {View} view */
function drag(place, view) {
  /** @type {Map<number, number>} */
  const fingers = new Map(); // x by pointer
  let hasMoved = false;
  const spread = () => Math.abs([...fingers.values()][0] - [...fingers.values()][1]);
  place.addEventListener('pointerdown', ({ pointerId, clientX, button }) => {
    if (button > 0) return;
    if (!fingers.size) hasMoved = false;
    fingers.set(pointerId, clientX);
  });
  place.addEventListener('pointermove', ({ pointerId, clientX }) => {
    const before = fingers.get(pointerId);
    if (before === undefined) return;
    if (!hasMoved && Math.abs(clientX - before) < DRAG_PX) return;
    if (!hasMoved) place.setPointerCapture(pointerId);
    hasMoved = true;
    const wide = fingers.size === 2 ? spread() : 0;
    fingers.set(pointerId, clientX);
    if (wide) view.zoom(Math.max(1, spread()) / Math.max(1, wide));
    else view.pan((before - clientX) / place.clientWidth);
  });
  const end = (/** @type {PointerEvent} */ { pointerId }) => fingers.delete(pointerId);
  place.addEventListener('pointerup', end);
  place.addEventListener('pointercancel', end);
  // The end of a drag is not a press on the bar under the pointer.
  place.addEventListener('click', (event) => {
    if (!hasMoved) return;
    hasMoved = false;
    event.stopPropagation();
  }, true);
}
