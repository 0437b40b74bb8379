/** The address of a file of the site, from whichever page and path it is asked for. */
export function siteUrl(name: string): URL {
  const root = document.documentElement.dataset.root ?? './';
  return new URL(`${root}${name}`, document.location.href);
}
