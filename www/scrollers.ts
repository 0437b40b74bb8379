const SCROLLERS = '.maths, pre, .table-scroll';

/** What a box that scrolls is called where nothing in it says so. */
const NAMES: readonly (readonly [string, string])[] = [
  ['.maths', 'Formula'],
  ['pre', 'Text'],
  ['.table-scroll', 'Table'],
];

/**
 * Formulas, code and tables that are wider than the page scroll sideways; with this they do so by
 * keyboard as well, those included that live parts render later. Those that fit take no stop of the Tab
 * key.
 */
export function watchScrollers(root: Element = document.body): void {
  // A box keeps its width when what is in it grows, so both are watched.
  const sizes = new ResizeObserver((entries) => {
    const boxes = entries.map(({ target }) => target.closest<HTMLElement>(SCROLLERS));
    for (const box of new Set(boxes)) if (box) check(box);
  });
  const watch = (box: Element): void => {
    sizes.observe(box);
    for (const child of box.children) sizes.observe(child);
  };
  const take = (element: Element): void => {
    if (element.parentElement?.matches(SCROLLERS)) sizes.observe(element);
    if (element.matches(SCROLLERS)) watch(element);
    element.querySelectorAll(SCROLLERS).forEach(watch);
  };
  take(root);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) if (node instanceof Element) take(node);
    }
  }).observe(root, { childList: true, subtree: true });
  // A font that arrives late widens what is in a box, but neither box.
  document.fonts.addEventListener('loadingdone', () =>
    root.querySelectorAll<HTMLElement>(SCROLLERS).forEach(check),
  );
}

function check(box: HTMLElement): void {
  if (box.scrollWidth <= box.clientWidth) {
    box.removeAttribute('tabindex');
    return;
  }
  box.tabIndex = 0;
  // A term of a list or a paragraph stays what it is.
  if (!box.matches('div, pre') || box.hasAttribute('role')) return;
  box.setAttribute('role', 'group');
  if (box.hasAttribute('aria-label')) return;
  const caption = box.querySelector('caption')?.textContent?.trim();
  const name = NAMES.find(([selector]) => box.matches(selector))?.[1] ?? '';
  box.setAttribute('aria-label', caption || name);
}
