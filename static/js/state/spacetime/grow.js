// Open bars grow with the clock.

/** The layout at a later moment. @param {import('./layout.js').Layout} layout @param {number} now @returns {import('./layout.js').Layout} */
export function grown(layout, now) {
  if (!layout.isOpen) return layout;
  const bars = layout.bars.map((bar) => (bar.isOpen ? { ...bar, to: Math.max(bar.to, now) } : bar));
  return { ...layout, bars, to: Math.max(layout.to, now) };
}
