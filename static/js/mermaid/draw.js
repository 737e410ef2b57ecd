// The page's side of the frame in which Mermaid works (docs/adr/0005).

let frame;
let drawings = 0;
const waiting = new Map();

/** Mermaid text in, an SVG element without any style out. Loads Mermaid at the first call. */
export async function draw(source) {
  frame ??= open();
  const target = await frame;
  return new Promise((resolve, reject) => {
    const drawing = ++drawings;
    waiting.set(drawing, { resolve, reject });
    target.postMessage({ drawing, source }, location.origin);
  });
}

function open() {
  return new Promise((resolve) => {
    const element = document.createElement('iframe');
    element.src = '/mermaid-frame/';
    element.title = 'Mermaid at work';
    element.className = 'mermaid-frame'; // off screen, not hidden: hidden, it measures nothing
    element.tabIndex = -1;
    element.setAttribute('aria-hidden', 'true');
    addEventListener('message', ({ source, origin, data }) => {
      if (origin !== location.origin || source !== element.contentWindow) return;
      if (data.ready) return resolve(source);
      const { resolve: done, reject } = waiting.get(data.drawing) ?? {};
      waiting.delete(data.drawing);
      if (data.error) reject?.(new Error(data.error));
      else done?.(element.ownerDocument.importNode(new DOMParser().parseFromString(data.svg, 'image/svg+xml').documentElement, true));
    });
    document.body.append(element);
  });
}
