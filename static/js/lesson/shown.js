// Has the picture shown everything that has happened?

const LOOK_EVERY_MS = 150;

/**
 * Resolves when it has, or when the reader skips the rest.
 * @param {import('../state/store.js').Store} store @param {() => boolean} isShown @param {HTMLButtonElement} skip
 * @returns {Promise<'shown'|'skipped'>}
 */
export function shown(store, isShown, skip) {
  return new Promise((resolve) => {
    const timer = setInterval(() => { if (isShown()) end('shown'); }, LOOK_EVERY_MS);
    const end = (/** @type {'shown'|'skipped'} */ how) => {
      clearInterval(timer);
      skip.removeEventListener('click', jump);
      resolve(how);
    };
    const jump = () => {
      store.live();
      end('skipped');
    };
    skip.addEventListener('click', jump);
  });
}
