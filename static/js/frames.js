// The one requestAnimationFrame of the page: whoever has something to draw asks for a turn.

const TURN_MS = 3; // so much of a frame goes to the views; whoever is left has the next frame
const wanted = new Set(); // to be called at the next frame, once
const every = new Set(); // to be called at each frame
const views = new Set(); // to be called when there is time, in the order in which they asked
let asked = 0;
let last = 0;
let isPutOff = false; // the views have left one frame to others

/** Call this at the next frame; asked again before that, still once. */
export function nextFrame(call) {
  wanted.add(call);
  ask();
}

/** Call this at every frame with the milliseconds since the one before, until it returns false. */
export function eachFrame(call) {
  every.add(call);
  ask();
}

/**
 * A view that is drawn anew whenever what it shows has changed: at once, but no more often than
 * every `pause` ms, and in a burst in another frame than the views beside it.
 * @param {number} pause @param {() => void} draw @returns {() => void} asks for it
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

/** As many as there is time for; after a full frame the next one is theirs in any case. */
function drawViews(began) {
  isPutOff = !isPutOff && performance.now() - began >= TURN_MS;
  if (isPutOff) return;
  for (const draw of views) {
    views.delete(draw);
    draw();
    if (performance.now() - began >= TURN_MS) return;
  }
}
