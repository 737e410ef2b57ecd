// A time of the server as the reader's clock shows it.

/** E.g. 14:03:59 @param {number} at  unix seconds */
export const clockTime = (at) => new Date(at * 1000).toLocaleTimeString('en-GB');

/** E.g. 14:03:59.042 @param {number} at  unix seconds */
export const preciseClockTime = (at) => `${clockTime(at)}.${String(Math.floor((at % 1) * 1000)).padStart(3, '0')}`;
