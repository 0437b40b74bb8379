/**
 * Formulas, code and tables that are wider than the page scroll sideways; with this they do so by
 * keyboard as well. Those that fit take no stop of the Tab key.
 */
export function watchScrollers(root: ParentNode = document): void {
  const selector = '.maths, pre, .table-scroll';
  const check = (target: Element): void => {
    if (!(target instanceof HTMLElement)) return;
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => check(target)));
  const all = root.querySelectorAll(selector);
  for (const element of all) observer.observe(element);
  // A font that arrives late widens what is in a box, but not the box.
  document.fonts.addEventListener('loadingdone', () => all.forEach(check));
}
