// Has the picture shown everything that has happened?

const LOOK_EVERY_MS = 150;

/** Resolves when nothing moves in the picture any more, nor waits to; or when the reader skips the rest. @param {import('../state/store.js').Store} store @param {{isStill: boolean}} picture @param {HTMLButtonElement} skip @returns {Promise<void>} */
export function shown(store, picture, skip) {
  return new Promise((resolve) => {
    const timer = setInterval(() => { if (picture.isStill) end(); }, LOOK_EVERY_MS);
    const end = () => {
      clearInterval(timer);
      skip.removeEventListener('click', jump);
      resolve();
    };
    const jump = () => {
      store.live();
      end();
    };
    skip.addEventListener('click', jump);
  });
}
