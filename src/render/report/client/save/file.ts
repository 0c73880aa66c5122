/** Files that the page makes: they go where the browser puts what is downloaded. */
import { element } from '../shell/dom.ts';

/** How long a browser may take to fetch what it was handed. */
const HANDED_OVER = 60_000;

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = element('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), HANDED_OVER);
}

export function saveText(name: string, text: string, type: string): void {
  saveFile(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** The name that this page's file has, without the path to it. */
export function pageFile(): string {
  const last = location.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || 'report.html';
  } catch {
    return last;
  }
}
