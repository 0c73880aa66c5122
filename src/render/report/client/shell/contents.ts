/** The list of contents: it says where one is, and leads to a place that the address keeps. */
import { byId, goTo } from './dom.ts';
import type { Store } from './store.ts';

export function followContents(store: Store): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((link) => [link.hash.slice(1), link]),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) links.get(target.id)?.setAttribute('aria-current', 'true');
        else links.get(target.id)?.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-15% 0px -80% 0px' },
  );
  for (const id of links.keys()) observer.observe(byId(id));
  document.querySelector('.contents')?.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    if (link === null || link === undefined) return;
    event.preventDefault();
    store.setPanel(link.hash.slice(1));
    goTo(link.hash.slice(1));
  });
}
