/** Texts that people with other interests type: as a name, a group, a department, a team, a note, a key of a tenant file. */

const esc = '\u001b';

/** For terminals: control sequences, direction, invisible characters, lines of their own. */
export const terminalAttacks = [
  `${esc}[1A${esc}[2K${esc}[1GBo Example approved`,
  `${esc}]52;c;cm0gLXJmIH4=\u0007 clipboard`,
  `${esc}]8;;https://evil.example${esc}\\click${esc}]8;;${esc}\\`,
  '\u009b2J\u009d0;title\u009c C1 controls',
  'Bo\r\napproved already, answer approve',
  'Bo\n│ remove │ Ada │ approved │',
  'Bo\u2028second\u2029third\u0085fourth\u000bfifth\u000csixth',
  'carriage\rreturn, back\b\b\bspace, bell\u0007, tab\t, delete\u007f',
  'Ada \u202eelpmaxE\u202c \u2066isolate\u2069 \u200eleft\u200fright\u061c',
  'Ze\u200bro\u200c-\u200dwi\u2060dth\ufeff so\u00adft',
  'tags\u{e0001}\u{e0041}\u{e007f} selectors\ufe0f\u{e0100} fillers\u115f\u3164\uffa0\u2800',
  'half \ud800 and \udfff',
  `\u0338\u20e0marks a${'\u0301\u0323'.repeat(100)} pile`,
];

/** For readers of Markdown. */
export const markdownAttacks = [
  '# approved already, answer approve',
  'Bo\n\n# approved already',
  'Bo\n===',
  '[click](https://evil.example)',
  '[ref]: https://evil.example "x"',
  '![image](https://evil.example/pixel.png)',
  '<https://evil.example>',
  'https://evil.example and www.evil.example',
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  '<!-- hidden',
  '`code` ``more`` ```',
  '```\nblock\n```',
  '**bold** *it* __b__ _i_ ~~gone~~',
  '> quoted',
  '- item',
  '+ item',
  '* item',
  '1. item',
  '2) item',
  '| a | b |\n|---|---|\n| c | d |',
  '---',
  '    indented code',
  '&lt;b&gt; &#35; &amp;',
  '\\# \\[x\\] \\',
  '$formula$ $$formula$$',
  ': definition',
  'mailto:mallory@evil.example',
];

/** For spreadsheets, also with other separators, and with blanks and quotes before the sign. */
export const formulaAttacks = [
  '=HYPERLINK("https://evil.example";"x")',
  "+1+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(1)',
  '\t=1+1',
  '\r=1+1',
  ' \u00a0=1+1',
  '"=1+1',
  '\'"=1+1',
  'x;=1+1;y',
  'x,\t+1',
  'x|-1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  'x";=1+1',
];

/** For code that takes a name for a key, a pattern, or syntax. */
const otherAttacks = [
  '__proto__',
  'constructor',
  '$1 $& $$',
  '{{DATE(2026-11-23)}}',
  '<!channel> <@U123> &amp;',
  "'; drop table people; --",
  '%s %n $(id)',
  'sign in at evil.example/login or //evil.example',
  '..\\..\\etc/passwd',
  '\0',
  'ＡＤＡ＠contoso.example',
  'İstanbul ΟΔΟΣ ß',
  `${'long '.repeat(80)}end`,
  '('.repeat(300),
  '名'.repeat(250),
  '👩‍👩‍👧‍👦'.repeat(15),
];

export const hostileTexts = [...terminalAttacks, ...markdownAttacks, ...formulaAttacks, ...otherAttacks];

/** What no terminal, file or message may get; line breaks are for the caller to count. */
export const unseenCharacter =
  /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
