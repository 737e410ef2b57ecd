// The one requestAnimationFrame of the page: views that have something to draw ask for a turn.

const TURN_MS = 3; // time for views in a frame; the remaining views are drawn in the next one
/** @type {Set<(now: number) => void>} */
const wanted = new Set(); // to be called at the next frame, once
/** @type {Set<(elapsed: number, now: number) => boolean>} */
const every = new Set(); // to be called at each frame
/** @type {Set<() => void>} */
const views = new Set(); // to be called when there is time, in the order in which they asked
let asked = 0;
let last = 0;
let isPutOff = false; // the last frame had no time for the views

/** Call this once at the next frame, however often it is asked for until then. @param {(now: number) => void} call */
export function nextFrame(call) {
  wanted.add(call);
  ask();
}

/** Call this at every frame with the milliseconds since the one before, until it returns false. @param {(elapsed: number, now: number) => boolean} call */
export function eachFrame(call) {
  every.add(call);
  ask();
}

/**
 * A view that is redrawn when its data changes: at once, but at most every `pause` ms, and under
 * load in another frame than the other views.
 * @param {number} pause @param {() => void} draw @returns {() => void} asks for a drawing
 */
export function paced(pause, draw) {
  let isAsked = false;
  let drawn = -Infinity;
  const turn = () => {
    isAsked = false;
    drawn = performance.now();
    draw();
  };
  const queue = () => {
    if (document.hidden) return turn(); // there are no frames
    views.add(turn);
    ask();
  };
  return () => {
    if (isAsked) return;
    isAsked = true;
    const wait = drawn + pause - performance.now();
    if (wait > 0) setTimeout(queue, wait);
    else queue();
  };
}

function ask() {
  if (!asked) asked = requestAnimationFrame(turn);
}

/** @param {number} now */
function turn(now) {
  asked = 0;
  const began = performance.now();
  const elapsed = Math.min(250, last && now - last < 1000 ? now - last : 16);
  last = now;
  const calls = [...wanted];
  wanted.clear();
  for (const call of calls) call(now);
  for (const call of every) if (call(elapsed, now) === false) every.delete(call);
  drawViews(began);
  if (every.size || wanted.size || views.size) ask();
}

/** As many as there is time for; after a frame without views the next one has them in any case. @param {number} began */
function drawViews(began) {
  isPutOff = !isPutOff && performance.now() - began >= TURN_MS;
  if (isPutOff) return;
  for (const draw of views) {
    views.delete(draw);
    draw();
    if (performance.now() - began >= TURN_MS) return;
  }
}
