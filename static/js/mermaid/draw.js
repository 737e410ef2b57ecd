// The page's side of the frame in which Mermaid works (docs/adr/0005).

/** @type {Promise<Window>|undefined} */
let frame;
let drawings = 0;
/** @type {Map<number, {resolve: (svg: SVGSVGElement) => void, reject: (error: Error) => void}>} */
const waiting = new Map();

/** Mermaid text in, an SVG element without any style out. Loads Mermaid at the first call. @param {string} source @returns {Promise<SVGSVGElement>} */
export async function draw(source) {
  frame ??= open();
  const target = await frame;
  return new Promise((resolve, reject) => {
    const drawing = ++drawings;
    waiting.set(drawing, { resolve, reject });
    target.postMessage({ drawing, source }, location.origin);
  });
}

/** @returns {Promise<Window>} */
function open() {
  return new Promise((resolve) => {
    const element = document.createElement('iframe');
    element.src = '/mermaid-frame/';
    element.title = 'Mermaid at work';
    element.className = 'mermaid-frame'; // off screen, not hidden: in a hidden frame nothing can be measured
    element.tabIndex = -1;
    element.setAttribute('aria-hidden', 'true');
    addEventListener('message', ({ source, origin, data }) => {
      if (origin !== location.origin || !source || source !== element.contentWindow) return;
      if (data.ready) return resolve(element.contentWindow);
      const caller = waiting.get(data.drawing);
      waiting.delete(data.drawing);
      if (data.error) caller?.reject(new Error(data.error));
      else caller?.resolve(/** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.importNode(parsed(data.svg), true))));
    });
    document.body.append(element);
  });
}

/** @param {string} svg */
const parsed = (svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
