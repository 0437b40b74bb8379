// Where a link leads stays in view while the page around it finds its heights.

/** What a reader does to go elsewhere by hand. */
const BY_HAND = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

let leave: (() => void) | undefined;

/**
 * Brings an element to the top of the window, and again whenever fonts, pictures or parts that are loaded
 * late move it, until the reader scrolls by hand or another link is followed.
 */
export function land(element: HTMLElement): void {
  leave?.();
  const go = (): void => element.scrollIntoView({ block: 'start', behavior: 'instant' });
  const watch = new ResizeObserver(go);
  const end = (): void => {
    watch.disconnect();
    for (const name of BY_HAND) window.removeEventListener(name, end);
    document.documentElement.classList.remove('landing');
    leave = undefined;
  };
  leave = end;
  // The browser's own anchoring would hold on to what stands in view before the part has come there.
  document.documentElement.classList.add('landing');
  for (const name of BY_HAND) window.addEventListener(name, end, { passive: true });
  watch.observe(document.body);
  watch.observe(element);
  go();
}
