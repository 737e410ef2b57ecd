// The visible window of time: fit, zoom, pan, and the ticks of its axis. Pure. Unix seconds.

/** @typedef {{from: number, to: number}} Window */

const LEAST_S = 0.002;
const STEPS_S = [1, 2, 5];

/** All of it, with a margin at the right; while it grows, in steps, so that the axis stays still. @param {Window & {isOpen?: boolean}} layout @returns {Window} */
export function fitted({ from, to, isOpen }) {
  const span = Math.max(to - from, 0.01);
  return { from, to: from + (isOpen ? roundedUp(span * 1.04) : span * 1.04) };
}

/** Zoomed by a factor (2 shows half as much) around a moment, within `all`. @param {Window} seen @param {number} factor @param {number} at @param {Window} all */
export function zoomed(seen, factor, at, all) {
  const most = all.to - all.from;
  const span = Math.min(most, Math.max(LEAST_S, (seen.to - seen.from) / factor));
  const share = (at - seen.from) / (seen.to - seen.from);
  return held({ from: at - share * span, to: at + (1 - share) * span }, all);
}

/** @param {Window} seen @param {number} seconds @param {Window} all */
export const panned = (seen, seconds, all) => held({ from: seen.from + seconds, to: seen.to + seconds }, all);

/** Inside `all`. @param {Window} window @param {Window} all @returns {Window} */
function held({ from, to }, all) {
  const span = to - from;
  const start = Math.min(Math.max(from, all.from), Math.max(all.from, all.to - span));
  return { from: start, to: start + span };
}

/** Evenly spaced ticks with the time since the beginning. @param {Window} seen @param {number} began @param {number} most */
export function ticks(seen, began, most) {
  const step = roundedUp((seen.to - seen.from) / most);
  const first = Math.ceil((seen.from - began) / step - 1e-9);
  const last = Math.floor((seen.to - began) / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const s = (first + i) * step;
    return { at: began + s, words: spoken(s, step) };
  });
}

/** @param {number} seconds */
function roundedUp(seconds) {
  const power = 10 ** Math.floor(Math.log10(seconds));
  return (STEPS_S.find((one) => one * power >= seconds - 1e-12) ?? 10) * power;
}

/** @param {number} s @param {number} step */
function spoken(s, step) {
  if (Math.abs(s) < 1e-9) return '0';
  if (step < 0.1) return `${Number((s * 1000).toFixed(1))} ms`;
  return `${Number(s.toFixed(2))} s`;
}
