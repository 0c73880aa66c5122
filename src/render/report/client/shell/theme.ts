/** Dark, light, or as the system says. */
import { element, forgetStyles } from './dom.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
const KEY = 'coldflame-theme';

/** A button that goes from one to the next, and remembers where the browser lets it. */
export function themeButton(changed: () => void): HTMLButtonElement {
  let theme = remembered();
  const button = element('button', { type: 'button', class: 'quiet-button theme' });
  function show(): void {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = { auto: '◐', light: '○', dark: '●' }[theme];
    button.setAttribute('aria-label', `Colours: ${theme}`);
    button.title = `Colours: ${theme}`;
  }
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as (typeof THEMES)[number];
    remember(theme);
    show();
    forgetStyles();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    forgetStyles();
    changed();
  });
  show();
  return button;
}

function remembered(): (typeof THEMES)[number] {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A file from disk or a sandbox may have no storage: then the next opening starts from the system's choice.
  }
}
