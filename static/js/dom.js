// Making elements.

/** @returns {HTMLElement} e.g. element('li', {class: 'row', hidden: true}, 'text', child) */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/** @returns {SVGElement} */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** One of the shapes of states in the sprite. */
export function mark(look) {
  return svg('svg', { class: `s ${look}`, 'aria-hidden': 'true' }, svg('use', { href: `#s-${look}` }));
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Call at most once per `pause` ms; the last call is never lost. */
export function throttled(pause, call) {
  let timer = null;
  let last = -Infinity;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + pause - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      call();
    }, wait);
  };
}
