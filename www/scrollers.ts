/**
 * Formulas, code and tables that are wider than the page scroll sideways; with this they do so by
 * keyboard as well. Those that fit take no stop of the Tab key.
 */
export function watchScrollers(root: ParentNode = document): void {
  const selector = '.maths, pre, .table-scroll';
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute('tabindex');
    }
  });
  for (const element of root.querySelectorAll(selector)) observer.observe(element);
}
