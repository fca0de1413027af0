/** The one style sheet: readable on a phone and on paper, light and dark as the system is. */
import { createHash } from 'node:crypto';

const sheet = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f3f5f8; --text: #16202c; --soft: #4a5868; --line: #c3ccd6;
  --link: #0b57b0; --good: #136c3a; --warn: #8a4b00; --bad: #b3261e; --on: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12171e; --raised: #1c242e; --text: #e9eef4; --soft: #b0bdca; --line: #44515f;
    --link: #8ec1ff; --good: #7fd8a2; --warn: #f5b969; --bad: #ff9a92; --on: #0b1016;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
body { margin: 0; background: var(--back); color: var(--text); overflow-wrap: break-word; }
bdi, .says { overflow-wrap: anywhere; }
time { white-space: nowrap; }
@media (min-width: 60rem) { td:has(bdi) { min-width: 18rem; } }
a { color: var(--link); }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p, ul, ol, dl { margin: 0 0 1rem; max-width: 44rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--back); padding: 0.5rem 1rem; z-index: 1; }
header, footer { background: var(--raised); border-color: var(--line); border-style: solid; border-width: 0; }
header { border-bottom-width: 1px; }
footer { border-top-width: 1px; margin-top: 3rem; color: var(--soft); font-size: 0.875rem; }
.bar { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: center; max-width: 72rem; margin: 0 auto; padding: 0.6rem 1rem; }
.bar .name { font-weight: 600; color: inherit; text-decoration: none; }
.bar nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; margin: 0; padding: 0; }
.bar nav a { display: inline-block; padding: 0.35rem 0; }
.bar nav a[aria-current] { font-weight: 600; text-decoration: none; border-bottom: 3px solid currentColor; }
.bar .who form { margin: 0; }
.bar .who { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; color: var(--soft); }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 0; }
main:focus { outline: none; }
.soft { color: var(--soft); }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.note { border: 1px solid var(--line); border-left: 0.4rem solid var(--link); background: var(--raised); padding: 0.75rem 1rem; margin: 0 0 1rem; max-width: 48rem; }
.note.good { border-left-color: var(--good); } .note.warn { border-left-color: var(--warn); } .note.bad { border-left-color: var(--bad); }
.note.good, .note.warn, .note.bad { color: inherit; }
.note > :last-child { margin-bottom: 0; }
.counts { display: flex; flex-wrap: wrap; gap: 0.75rem; list-style: none; padding: 0; max-width: none; }
.counts li { border: 1px solid var(--line); background: var(--raised); padding: 0.5rem 1rem; min-width: 8rem; }
.counts strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; max-width: 100%; margin: 0 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
.scroll > table { margin: 0; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0; border-bottom: 1px solid var(--line); }
th { font-size: 0.875rem; color: var(--soft); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
dl.facts { display: grid; grid-template-columns: minmax(8rem, auto) 1fr; gap: 0.3rem 1rem; max-width: 60rem; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
code, pre { font: 0.875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { overflow-x: auto; border: 1px solid var(--line); background: var(--raised); padding: 0.75rem; white-space: pre-wrap; }
form { margin: 0 0 1rem; }
fieldset { border: 1px solid var(--line); margin: 0 0 1rem; padding: 0.75rem 1rem; }
legend { font-weight: 600; padding: 0 0.35rem; }
label { display: block; font-weight: 600; margin: 0 0 0.25rem; }
label.choice { font-weight: 400; display: flex; gap: 0.5rem; align-items: baseline; min-height: 1.9rem; }
.hint { color: var(--soft); font-size: 0.875rem; margin: 0 0 0.35rem; }
input:not([type=checkbox], [type=radio]), select, textarea { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 0.25rem; padding: 0.5rem 0.6rem; width: 100%; max-width: 36rem; margin: 0 0 0.75rem; }
input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; flex: none; accent-color: var(--link); }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
.error { color: var(--bad); font-weight: 600; margin: 0 0 0.35rem; }
button, .button { display: inline-block; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; color: var(--on); background: var(--link); border: 1px solid var(--link); border-radius: 0.25rem; padding: 0.55rem 1.1rem; min-height: 2.75rem; }
button.second, .button.second { color: var(--link); background: transparent; }
button.danger { background: var(--bad); border-color: var(--bad); }
button.link { color: var(--link); background: none; border: 0; padding: 0.35rem 0; min-height: 0; font-weight: 400; text-decoration: underline; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
.search { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; margin: 0 0 1rem; }
.search div { flex: 1 1 12rem; max-width: 30rem; } .search input, .search select { margin: 0; }
.pages { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; margin: 0 0 1rem; }
.pages [aria-current] { font-weight: 600; text-decoration: none; border-bottom: 3px solid currentColor; }
.steps { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; max-width: none; }
.steps [aria-current] { font-weight: 600; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  .bar .who { margin-left: 0; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: 0.6rem; }
  table.cards, .cards caption, .cards tbody, .cards tr, .cards td { display: block; width: auto; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  .cards td { border: 0; padding: 0.1rem 0; text-align: left; }
  .cards td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media print {
  header nav, .who, .actions, .search, .pages, .skip, footer { display: none; }
  body { background: #fff; color: #000; } a { color: inherit; }
}
`;

export const styleSheet = sheet.trimStart();

export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="#0b57b0"/><path d="M4 8l3 3 5-6" fill="none" stroke="#fff" stroke-width="2"/></svg>';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Paths that change with what is there, so browsers may keep it. */
export const stylePath = `/style-${digestOf(styleSheet)}.css`;
export const iconPath = `/icon-${digestOf(icon)}.svg`;
