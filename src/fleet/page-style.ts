/** The style of a fleet's page. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --critical: #c62828; --warning: #b26a00; --notice: #0060a8; --clear: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --critical: #ff8a80; --warning: #ffb74d; --notice: #81b9f0; --clear: #81c784; } }
body { font: 14px/1.4 system-ui, sans-serif; margin: 1rem auto; max-width: 1400px; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid var(--line); min-width: 6.5em; max-width: 26em; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: Canvas; }
td:nth-child(2) { min-width: 12em; }
td:nth-child(3) { min-width: 21em; }
ul { margin: 0; padding: 0; list-style: none; }
.critical { color: var(--critical); }
.warning { color: var(--warning); }
.notice { color: var(--notice); }
.unknown, .none { opacity: .6; }
.clear { color: var(--clear); }
figure { margin: 1rem 0; }
figcaption { margin-bottom: 4px; }
img { max-width: 100%; background: #fff; }
footer { margin: 2rem 0; opacity: .7; }
`;
