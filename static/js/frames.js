// The one requestAnimationFrame of the page: whoever has something to draw asks for a turn.

const wanted = new Set(); // to be called at the next frame, once
const every = new Set(); // to be called at each frame
let asked = 0;
let last = 0;

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

function ask() {
  if (!asked) asked = requestAnimationFrame(turn);
}

function turn(now) {
  asked = 0;
  const elapsed = Math.min(250, last && now - last < 1000 ? now - last : 16);
  last = now;
  const calls = [...wanted];
  wanted.clear();
  for (const call of calls) call(now);
  for (const call of every) if (call(elapsed, now) === false) every.delete(call);
  if (every.size || wanted.size) ask();
}
