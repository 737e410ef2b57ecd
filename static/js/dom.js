// Making elements, and telling people what was copied.

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

/** Copy, and say so on the button. Where the browser won't, show the text to be copied by hand. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return showToCopy(text);
  }
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { label.textContent = before; }, 1600);
}

function showToCopy(text) {
  const area = element('textarea', { rows: 8, readonly: true, 'aria-label': 'Text to copy' });
  area.value = text;
  const close = element('button', { class: 'primary', type: 'button' }, 'Close');
  const dialog = element('dialog', { class: 'copy' }, element('p', {}, 'Your browser lets no page copy by itself here. Copy this:'), area, close);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
