// In the frame: Mermaid computes, and the page gets the geometry without any style. Colours are the page's own CSS.

/** @typedef {{initialize: (options: object) => void, render: (id: string, source: string) => Promise<{svg: string}>}} Mermaid */

const OPTIONS = {
  startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, layout: 'elk',
  theme: 'base', look: 'classic', htmlLabels: false, fontFamily: 'Inter, "Inter before it is here", system-ui',
  themeVariables: { fontSize: '16px' },
  elk: { mergeEdges: true, nodePlacementStrategy: 'NETWORK_SIMPLEX' },
  flowchart: { padding: 8, minNodeWidth: 60, nodeSpacing: 14, rankSpacing: 20, htmlLabels: false },
  sequence: { useMaxWidth: false, mirrorActors: false, width: 96, height: 38, actorMargin: 30, messageMargin: 30 },
};

/** @param {HTMLElement} link  its data-mermaid is Mermaid's address */
export async function start({ dataset }) {
  /** @type {{default: Mermaid}} */
  const { default: mermaid } = await import(dataset.mermaid ?? '');
  mermaid.initialize(OPTIONS);
  await document.fonts.load('560 16px Inter').catch(() => {}); // labels are measured: in the font they are shown in
  let queue = Promise.resolve();
  let drawn = 0;
  addEventListener('message', ({ origin, data }) => {
    if (origin !== location.origin || !data?.source) return;
    queue = queue.then(async () => {
      try {
        const { svg } = await mermaid.render(`m${++drawn}`, data.source);
        parent.postMessage({ drawing: data.drawing, svg: bare(svg) }, origin);
      } catch (error) {
        parent.postMessage({ drawing: data.drawing, error: error instanceof Error ? error.message : String(error) }, origin);
      }
    });
  });
  parent.postMessage({ ready: true }, location.origin);
}

/** @param {string} svg */
function bare(svg) {
  const doc = new DOMParser().parseFromString(svg, 'image/svg+xml');
  for (const element of doc.querySelectorAll('style, script, foreignObject')) element.remove();
  for (const element of doc.querySelectorAll('[style]')) element.removeAttribute('style');
  const root = doc.documentElement;
  for (const name of ['style', 'width', 'height']) root.removeAttribute(name);
  return new XMLSerializer().serializeToString(doc);
}
